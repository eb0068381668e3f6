// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <Eigen/Core>

#include <vector>

namespace swather {

/// The diffusion weighting of each volume of an image.
struct BTable {
    std::vector<double> values;           ///< b, s/mm²
    std::vector<Eigen::Vector3d> vectors; ///< direction of the gradient

    [[nodiscard]] Index size() const { return static_cast<Index>(values.size()); }
};

/// Local. Both take a table as FSL's .bval and .bvec files have it, along the axes of the voxels, and give
/// the one that a program computes with. NaN in a vector is 0, as dipy has it. Lengths that differ, a b-value
/// that is negative or not finite, and what the program refuses are `Exit::bad_data`.

/// As dipy's gradient_table: along the axes of the voxels, as they stand in the file. A vector whose length
/// is not 1 within 0.01 is an error where b > 50, and makes the volume one without weighting elsewhere.
BTable table_of_dipy(BTable fsl);

/// As mrtrix3's -fslgrad (core/dwi/gradient.cpp of 3.0.3): along the axes of the scanner, by the rotation of
/// `linear`, which takes voxels to mm (the 3 × 3 part of the image's affine). FSL's x axis runs the other way
/// where the determinant is positive. Vectors are made units; b is scaled by the square of their length if
/// for any volume this is not 1 within 1 %, which a zero vector is not.
BTable table_of_mrtrix(BTable fsl, const Eigen::Matrix3d& linear);

} // namespace swather
