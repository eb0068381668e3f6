// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "sources/nifti_affine.hpp"
#include "sources/nifti_header.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

namespace swather {

/// One map, or a few along the fourth axis, to be written as a NIfTI image in millimetres and seconds.
struct NiftiMap {
    Index nx = 1, ny = 1, nz = 1;
    Index nt = 1; ///< 1: the image is 3D
    /// nx · ny · nz · nt of them, x fastest.
    std::variant<std::span<const float>, std::span<const double>, std::span<const std::uint8_t>> cells;
    Affine affine{};
    int sform_code = 0, qform_code = 0; ///< what the affine leads to: NIFTI_XFORM_*
    std::array<double, 3> zooms{1, 1, 1};
    double tr = 0; ///< seconds along the fourth axis; 0 where it is no time
    NiftiIntent intent;
    std::string descrip; ///< up to 79 bytes of it are written, and 15 of the name of the intent
};

/// Local. Writes `path`, which is replaced where it exists: as .nii, or as .nii.gz of BGZF blocks, which is
/// an ordinary gzip file to all readers and can be read in parallel. It is NIfTI-1, or NIfTI-2 where an axis
/// is beyond 32,767.
///
/// The file has its name only when it is whole and synced. A code above 0 makes the form hold the affine;
/// a qform gives the zooms too. It cannot hold shear: its code is 0 then, and goes to the sform where that
/// has none. `Exit::usage`: another extension; `Exit::io`: a full disk or another failure to write.
void write_nifti(const std::string& path, const NiftiMap& map);

} // namespace swather
