// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/fit_maps.hpp"
#include "kernels/tensor.hpp"

namespace swather {

/// The diffusion tensor of each voxel. `T`: of the maps.
template <class T>
class FitTensor {
public:
    static constexpr std::string_view name = "fit";
    static constexpr std::string_view title = "diffusion tensor of each voxel";
    using View = SlabView;

    FitTensor(TensorModel model, Index volumes)
        : model_(std::move(model))
        , volumes_(volumes)
    {
    }

    [[nodiscard]] Index halo() const { return 0; }
    [[nodiscard]] FitOutputs<T> outputs() const;
    [[nodiscard]] double working_bytes(Index elements) const { return working_set().bytes(elements); }
    /// Local. What the elements are, and along which axes.
    [[nodiscard]] Supplement supplement(const std::string& group) const;
    /// Local. The maps of a slab.
    FitResults<T> operator()(SlabView slab) const;

private:
    [[nodiscard]] WorkingSet working_set() const;

    TensorModel model_;
    Index volumes_;
};

} // namespace swather
