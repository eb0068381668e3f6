// SPDX-License-Identifier: MIT
#pragma once

#include "sources/image_file.hpp"

#include <vector>

namespace swather {

/// The images of one analysis, as their headers tell: all of one shape and place.
///
/// Each 4D image is a run. 3D images that follow each other are the volumes of one run.
struct ImageSeries {
    std::vector<ImageFile> files;
    std::vector<Index> run_of_file;
    std::vector<Index> runs; ///< volumes of each

    /// Local. Reads the headers. `Exit::bad_data` where shapes or affines differ, `Exit::usage` where an
    /// image is given twice.
    explicit ImageSeries(const std::vector<std::string>& paths);

    [[nodiscard]] const NiftiHeader& header() const { return files.front().header; }
};

/// Local. `Exit::bad_data` where two images are not of one shape, or not in one place, to 1e-3 mm.
void check_same_space(const ImageFile& image, const ImageFile& first);

} // namespace swather
