// SPDX-License-Identifier: MIT
#include "sources/nifti_affine.hpp"

#include <Eigen/Geometry>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>

namespace swather {

namespace {

Eigen::Matrix3d linear_part(const Affine& affine)
{
    Eigen::Matrix3d linear;
    for (int row = 0; row < 3; ++row)
        for (int column = 0; column < 3; ++column)
            linear(row, column) = affine[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
    return linear;
}

} // namespace

std::optional<Affine> affine_of(const NiftiQform& qform, const std::array<double, 3>& zooms)
{
    const auto [b, c, d] = qform.quatern;
    // Of a half turn next to nothing is left of 1: long double, as nibabel.
    using Wide = long double;
    const Wide square = 1 - (Wide{b} * b + Wide{c} * c + Wide{d} * d);
    // NIfTI-2 files have often been NIfTI-1, so that their doubles are no better than float32.
    constexpr double tolerance = 3 * std::numeric_limits<float>::epsilon();
    if (!(square >= -tolerance)) return std::nullopt;
    const auto a = static_cast<double>(std::sqrt(std::max(square, Wide{0})));

    const Eigen::Vector3d scale(zooms[0], zooms[1], zooms[2] * qform.qfac);
    const Eigen::Matrix3d linear =
        Eigen::Quaterniond(a, b, c, d).normalized().toRotationMatrix() * scale.asDiagonal();
    Affine affine{};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column)
            affine[row][column] = linear(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
        affine[row][3] = qform.qoffset[row];
    }
    affine[3][3] = 1;
    return affine;
}

std::array<double, 3> zooms_of(const Affine& affine)
{
    const Eigen::Vector3d norms = linear_part(affine).colwise().norm();
    return {norms[0], norms[1], norms[2]};
}

std::optional<NiftiQform> qform_of(const Affine& affine)
{
    Eigen::Matrix3d rotation = linear_part(affine).colwise().normalized();
    NiftiQform qform{.quatern = {},
                     .qoffset = {affine[0][3], affine[1][3], affine[2][3]},
                     .qfac = rotation.determinant() > 0 ? 1.0 : -1.0};
    rotation.col(2) *= qform.qfac;
    // An affine that has been float32 is not quite orthogonal.
    constexpr double tolerance = 1e-4;
    if (!(rotation.transpose() * rotation).isIdentity(tolerance)) return std::nullopt;
    Eigen::Quaterniond turn = Eigen::Quaterniond(rotation).normalized();
    if (turn.w() < 0) turn.coeffs() *= -1;
    qform.quatern = {turn.x(), turn.y(), turn.z()};
    return qform;
}

} // namespace swather
