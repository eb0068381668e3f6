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

    /// Local. How many elements the block has, those outside of the mask too.
    [[nodiscard]] Index elements() const { return place_.elements; }
    /// Local. The elements inside the mask.
    [[nodiscard]] const std::vector<std::int32_t>& inside() const { return inside_; }
    /// Local. The number of volumes of each run.
    [[nodiscard]] std::vector<Index> runs() const;
    /// Local. Goes on to the next voxels inside the mask, at most so many; to none at the end.
    [[nodiscard]] Box next_voxels(Index most);
    /// Local. The next tile of these; one of no volumes at the end. `Exit::io`, and `Exit::bad_data` where a
    /// file is damaged.
    [[nodiscard]] SeriesTile next_tile();

private:
    [[nodiscard]] bool read_batch();
    void read_elements(const ImagePiece& piece, Index volume, std::span<std::byte> bytes);
    [[nodiscard]] Index bytes_of_element(const ImagePiece& piece) const
    {
        return piece.numbers.slab_bytes / place_.elements;
    }

    ImagePlace place_;
    std::vector<std::int32_t> inside_;
    Box voxels_;                       ///< at hand
    Box elements_;                     ///< from the first to the last of them
    std::vector<std::int32_t> places_; ///< theirs, from the first element on

    std::optional<TextFile> file_;
    std::size_t piece_ = 0;  ///< that the batch is of
    Index first_in_run_ = 0; ///< volume of the run with which the piece begins
    Box batch_;              ///< volumes of the piece whose elements are in `stored_`
    Index next_voxel_ = 0;   ///< of the batch
    std::vector<std::byte> stored_;
    std::vector<double> values_;
};

} // namespace swather
