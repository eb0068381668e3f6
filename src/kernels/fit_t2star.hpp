// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/fit_maps.hpp"
#include "kernels/t2star.hpp"

namespace swather {

/// The decay of the signal of each voxel with the echo time. `T`: of the maps.
template <class T>
class FitT2Star {
public:
    static constexpr std::string_view name = "fit";
    static constexpr std::string_view title = "T2* of each voxel";
    using View = SlabView;

    FitT2Star(T2StarModel model, Index echoes)
        : model_(std::move(model))
        , echoes_(echoes)
    {
    }

    [[nodiscard]] Index halo() const { return 0; }
    [[nodiscard]] FitOutputs<T> outputs() const;
    [[nodiscard]] double working_bytes(Index elements) const { return working_set().bytes(elements); }
    /// Local. The maps of a slab.
    FitResults<T> operator()(SlabView slab) const;

private:
    [[nodiscard]] WorkingSet working_set() const;

    T2StarModel model_;
    Index echoes_;
};

} // namespace swather
