// SPDX-License-Identifier: MIT
#pragma once

#include "sources/image_place.hpp"
#include "sources/slab_view.hpp"

#include <optional>

namespace swather {

/// Reads the series of one block, tile by tile.
class ImageReader {
public:
    /// Local. Opens nothing yet.
    explicit ImageReader(ImagePlace place);

    /// Local. The elements inside the mask.
    [[nodiscard]] const std::vector<std::int32_t>& inside() const { return inside_; }
    /// Local. The number of volumes of each run.
    [[nodiscard]] std::vector<Index> runs() const;
    /// Local. The next tile; one of no volumes at the end. `Exit::io`, and `Exit::bad_data` where a file is
    /// damaged.
    [[nodiscard]] SeriesTile next_tile();

private:
    [[nodiscard]] bool read_batch();
    void read_slab(const ImagePiece& piece, Index volume, std::span<std::byte> bytes);

    ImagePlace place_;
    std::vector<std::int32_t> inside_;
    std::optional<TextFile> file_;
    std::size_t piece_ = 0;  ///< that the batch is of
    Index next_volume_ = 0;  ///< of the piece, to be read
    Index first_in_run_ = 0; ///< volume of the run with which the piece begins
    Box batch_;              ///< volumes of the piece that are in `stored_`
    Index next_voxel_ = 0;   ///< of the batch
    std::vector<std::byte> stored_;
    std::vector<double> values_;
};

} // namespace swather
