// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/fit_flags.hpp"
#include "results/kernel.hpp"
#include "sources/slab_view.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

namespace swather {

/// How many voxels of an image were fitted, and how many of them are odd in some way.
struct FitSummary {
    Index voxels = 0;
    Index inside = 0; ///< the mask
    Index without_fit = 0;
    std::array<Index, 8> flagged{}; ///< for each bit of FitFlags

    void merge(const FitSummary& other);
};

/// What every model gives: maps of numbers, a map of flags, and how many voxels have each.
template <class T>
using FitOutputs = std::tuple<std::vector<DenseOutput<T>>, DenseOutput<FitFlags>, ScalarOutput<FitSummary>>;
template <class T>
using FitResults = ResultsOf<FitOutputs<T>>;

/// How many voxels a model works on at once: no length of series, nor number of regressors, takes more
/// memory.
struct WorkingSet {
    double bytes_of_voxel = 0;

    /// Local. At least one.
    [[nodiscard]] Index voxels() const
    {
        constexpr double bytes = 32 << 20;
        return std::max<Index>(1, static_cast<Index>(bytes / bytes_of_voxel));
    }
    /// Local. What the voxels of a block of so many elements take.
    [[nodiscard]] double bytes(Index elements) const
    {
        return bytes_of_voxel * static_cast<double>(std::min(elements, voxels()));
    }
};

/// Local. A map, of one value for each voxel or of as many as `inner` says.
template <class T>
DenseOutput<T> map_output(std::string path, std::string long_name, std::string units = "1",
                          std::vector<Axis> inner = {})
{
    DenseOutput<T> output;
    output.path = std::move(path);
    output.long_name = std::move(long_name);
    output.units = std::move(units);
    output.inner = std::move(inner);
    return output;
}

/// Local. The outputs of a model that makes these maps.
template <class T>
FitOutputs<T> fit_outputs(std::vector<DenseOutput<T>> maps);

/// The maps of a slab while they are filled. Where there is no fit they are NaN, and a flag says why.
template <class T>
class FitMaps {
public:
    /// Local. Empty maps.
    FitMaps(const std::vector<DenseOutput<T>>& maps, const SlabView& slab);

    /// Local. The value of a voxel inside the mask in a map, or the first of as many as the map has for each.
    [[nodiscard]] T* at(std::size_t map, Index voxel)
    {
        return maps_[map].cells.data() + place(voxel) * depths_[map];
    }
    void set(std::size_t map, Index voxel, double value) { *at(map, voxel) = static_cast<T>(value); }
    /// Local. Says what is odd about a voxel.
    void flag(Index voxel, FitFlags flags) { flags_.cells[static_cast<std::size_t>(place(voxel))] |= flags; }

    /// Local. Says of a voxel that there is no fit, and why: its maps are NaN.
    void refuse(Index voxel, FitFlags why);

    /// Local. What the kernel returns.
    [[nodiscard]] FitResults<T> results() &&;

private:
    [[nodiscard]] Index place(Index voxel) const { return inside_[static_cast<std::size_t>(voxel)]; }

    const std::vector<std::int32_t>& inside_;
    std::vector<Dense<T>> maps_;
    std::vector<Index> depths_;
    Dense<FitFlags> flags_;
    Index without_fit_ = 0;
};

} // namespace swather
