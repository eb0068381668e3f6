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
    Box voxels;               ///< numbers of voxels inside the mask
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
/// They come in tiles that fit into a cache: all of the first volumes, then of those behind them, so that no
/// length of series takes more memory. Of one voxel the volumes come in order.
class SlabView {
public:
    using NextTile = std::function<SeriesTile()>;

    SlabView(Index elements, std::vector<std::int32_t> inside, std::vector<Index> runs, NextTile next_tile)
        : elements_(elements)
        , inside_(std::move(inside))
        , runs_(std::move(runs))
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
    /// Local. The next tile; one of no volumes at the end.
    SeriesTile next_tile() { return next_tile_(); }

private:
    Index elements_;
    std::vector<std::int32_t> inside_;
    std::vector<Index> runs_;
    NextTile next_tile_;
};

} // namespace swather
