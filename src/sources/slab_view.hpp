// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace swather {

/// A stretch of the series of some voxels.
struct SeriesTile {
    Index run = 0;            ///< number of the run
    Box volumes;              ///< of the run
    Box voxels;               ///< counted from the first of the voxels at hand
    std::span<double> values; ///< volumes × voxels, C order; whoever has the view may change them

    /// Local. The values of all voxels in one volume, counted from the first of the tile.
    [[nodiscard]] std::span<double> volume(Index number) const
    {
        const auto width = static_cast<std::size_t>(voxels.size());
        return values.subspan(static_cast<std::size_t>(number) * width, width);
    }
};

/// The series of the voxels in some slices of an image.
///
/// Some voxels are at hand at a time, as many as whoever has the view can work on at once. Their series come
/// in tiles that fit into a cache: all of the first volumes, then of those behind them, so that no length of
/// series takes more memory. Of one voxel the volumes come in order.
class SlabView {
public:
    using NextVoxels = std::function<Box(Index most)>;
    using NextTile = std::function<SeriesTile()>;

    SlabView(Index elements, std::vector<std::int32_t> inside, std::vector<Index> runs,
             NextVoxels next_voxels, NextTile next_tile)
        : elements_(elements)
        , inside_(std::move(inside))
        , runs_(std::move(runs))
        , next_voxels_(std::move(next_voxels))
        , next_tile_(std::move(next_tile))
    {
    }

    /// All voxels of the slices, those outside of the mask too.
    [[nodiscard]] Index elements() const { return elements_; }
    /// The elements that are inside the mask, in order.
    [[nodiscard]] const std::vector<std::int32_t>& inside() const { return inside_; }
    /// The number of voxels inside the mask.
    [[nodiscard]] Index voxels() const { return std::ssize(inside_); }
    /// The number of volumes of each run.
    [[nodiscard]] const std::vector<Index>& runs() const { return runs_; }
    /// Local. Goes through the voxels inside the mask, at most so many at a time: calls `work` with the
    /// numbers of those at hand.
    template <class Work>
    void work_through(Index most, Work&& work)
    {
        for (Box voxels = next_voxels_(most); !voxels.empty(); voxels = next_voxels_(most)) work(voxels);
    }
    /// Local. The next tile of the voxels at hand; one of no volumes at the end.
    SeriesTile next_tile() { return next_tile_(); }

private:
    Index elements_;
    std::vector<std::int32_t> inside_;
    std::vector<Index> runs_;
    NextVoxels next_voxels_;
    NextTile next_tile_;
};

} // namespace swather
