// SPDX-License-Identifier: MIT
#pragma once

#include "sources/nifti_header.hpp"
#include "sources/text_file.hpp"

#include <string>

namespace swather {

/// A NIfTI image as it lies on disk: in one file, or its header and its data each in one.
struct ImageFile {
    std::string path; ///< as it was given
    std::string data; ///< the file of the voxels
    Packing packing = Packing::plain;
    NiftiHeader header;
};

/// Local. Reads the header of an image: of a .nii, or of a .hdr and .img pair by either name, each plain or
/// .gz. `Exit::cannot_read`, `Exit::bad_data` (parse_nifti_header).
ImageFile open_image(const std::string& path);

/// Local. The files that an image lies in.
std::vector<std::string> files_of_image(const std::string& path);

/// Local. "104 × 104 × 72".
std::string shape_in_words(const NiftiHeader& header);

/// Local. The values of the first volume. `Exit::bad_data` where the file is too short.
std::vector<double> first_volume(const ImageFile& image);

} // namespace swather
