// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/fit_maps.hpp"

namespace swather {

/// Mean, standard deviation, smallest and largest value of each voxel over all volumes: the smallest of the
/// models, and the example to copy. `T`: of the maps.
template <class T>
class FitMean {
public:
    static constexpr std::string_view name = "fit";
    static constexpr std::string_view title = "mean, standard deviation, minimum and maximum over time";
    using View = SlabView;

    [[nodiscard]] Index halo() const { return 0; }
    [[nodiscard]] FitOutputs<T> outputs() const;
    [[nodiscard]] static double working_bytes(Index elements);
    /// Local. The maps of a slab. A voxel with a value that is not finite has none.
    FitResults<T> operator()(SlabView slab) const;
};

} // namespace swather
