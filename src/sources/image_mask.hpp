// SPDX-License-Identifier: MIT
#pragma once

#include "sources/image_series.hpp"

#include <cstdint>
#include <optional>

namespace swather {

/// Which voxels take part, as the user says: at most one of these.
struct MaskOptions {
    std::string path;                     ///< of an image: where it is not 0
    std::optional<std::string> threshold; ///< where the first volume is above: "800", or "20%"
};

/// Which voxels of an image take part.
class ImageMask {
public:
    /// Local. Reads the mask, or makes it by the threshold, which is said in the log. P% is that part of the
    /// 98th percentile of the first volume, which a few bright voxels do not move. `Exit::bad_data`: a mask
    /// of another shape or place, or without any voxel; `Exit::usage`: a threshold that is none.
    ImageMask(const ImageSeries& series, const MaskOptions& options);

    /// Local. The number of voxels inside, of a box of elements.
    [[nodiscard]] Index count(const Box& elements) const;
    /// Local. A bit for each element of a box; nothing where all voxels take part.
    [[nodiscard]] std::vector<std::uint8_t> bits(const Box& elements) const;

private:
    std::vector<bool> inside_; ///< empty: all
};

} // namespace swather
