// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>

namespace swather {

/// From the indices (x, y, z, 1) of a voxel to its place in the scanner or a template, row by row.
using Affine = std::array<std::array<double, 4>, 4>;

/// A rotation, zooms and an offset: the fields by which the qform of a NIfTI header tells an affine. The
/// quaternion is (a, b, c, d) with a ≥ 0, which is not stored: 1 − b² − c² − d² is its square.
struct NiftiQform {
    std::array<double, 3> quatern{}; ///< b, c, d
    std::array<double, 3> qoffset{};
    double qfac = 1; ///< −1 where the third axis is mirrored (pixdim[0])

    friend bool operator==(const NiftiQform&, const NiftiQform&) = default;
};

/// Local. The affine of a qform, "method 2" of nifti1.h, as nibabel's get_qform. None where the quaternion is
/// longer than 1, by more than float32 explains.
std::optional<Affine> affine_of(const NiftiQform& qform, const std::array<double, 3>& zooms);

/// Local. The lengths of the first three columns: the zooms.
std::array<double, 3> zooms_of(const Affine& affine);

/// Local. The qform of an affine, as nibabel's set_qform. None where no quaternion can tell it: of an affine
/// with shear, or with a column of zeros.
std::optional<NiftiQform> qform_of(const Affine& affine);

} // namespace swather
