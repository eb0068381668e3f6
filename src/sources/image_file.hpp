// SPDX-License-Identifier: MIT
#pragma once

#include "sources/nifti_header.hpp"
#include "sources/text_file.hpp"

#include <functional>
#include <span>
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

/// Local. Visits the values of the first volume, some at a time. `Exit::bad_data` where the file is too
/// short.
void visit_first_volume(const ImageFile& image,
                        const std::function<void(std::span<const double> values)>& visit);

} // namespace swather
