// SPDX-License-Identifier: MIT
#include "kernels/b_table.hpp"

#include "base/error.hpp"

#include <Eigen/LU>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>

namespace swather {

namespace {

constexpr double dipy_b0_threshold = 50;
constexpr double dipy_length_tolerance = 1e-2;
constexpr double mrtrix_length_tolerance = 0.01; // of the logarithm of the squared length

void check(const BTable& table)
{
    if (table.values.size() != table.vectors.size())
        throw Error(Exit::bad_data, "there are {} b-values and {} b-vectors", table.values.size(),
                    table.vectors.size())
            .remedy("both need one for each volume, in the same order");
    for (std::size_t volume = 0; volume < table.values.size(); ++volume)
        if (const double b = table.values[volume]; !std::isfinite(b) || b < 0)
            throw Error(Exit::bad_data, "b-value {} is {}", volume + 1, b)
                .remedy("b-values are finite numbers of s/mm², 0 or more");
}

void zero_nans(BTable& table)
{
    for (Eigen::Vector3d& vector : table.vectors) vector = vector.array().isNaN().select(0, vector);
}

/// The rotation, or rotation and reflection, that is nearest to where the axes of the voxels point.
Eigen::Matrix3d axes_of(const Eigen::Matrix3d& linear)
{
    const Eigen::Matrix3d directions = linear.colwise().normalized();
    if (!directions.allFinite() || std::abs(directions.determinant()) < 1e-6)
        throw Error(Exit::bad_data,
                    "the affine of the image has no inverse, so the directions of its axes are unknown")
            .remedy(
                "mend the sform or qform of its header, or use the weights of dipy, which need no affine");
    const Eigen::JacobiSVD<Eigen::Matrix3d> svd(directions, Eigen::ComputeFullU | Eigen::ComputeFullV);
    return svd.matrixU() * svd.matrixV().transpose();
}

} // namespace

BTable table_of_dipy(BTable fsl)
{
    check(fsl);
    zero_nans(fsl);
    for (std::size_t volume = 0; volume < fsl.values.size(); ++volume) {
        const double length = fsl.vectors[volume].norm();
        if (std::abs(length - 1) <= dipy_length_tolerance) continue;
        if (fsl.values[volume] > dipy_b0_threshold)
            throw Error(Exit::bad_data, "b-vector {} has length {:.4g}, its b-value is {:.6g}", volume + 1,
                        length, fsl.values[volume])
                .remedy("where b > {} a b-vector has length 1, within {}", dipy_b0_threshold,
                        dipy_length_tolerance);
        fsl.vectors[volume].setZero();
        fsl.values[volume] = 0;
    }
    return fsl;
}

BTable table_of_mrtrix(BTable fsl, const Eigen::Matrix3d& linear)
{
    check(fsl);
    zero_nans(fsl);
    Eigen::Matrix3d to_scanner = axes_of(linear);
    if (to_scanner.determinant() > 0) to_scanner.col(0) *= -1;
    const bool scale = std::any_of(fsl.vectors.begin(), fsl.vectors.end(), [](const Eigen::Vector3d& vector) {
        return !(std::abs(std::log(vector.squaredNorm())) <= mrtrix_length_tolerance);
    });
    for (std::size_t volume = 0; volume < fsl.values.size(); ++volume) {
        Eigen::Vector3d& vector = fsl.vectors[volume];
        if (scale) fsl.values[volume] *= vector.squaredNorm();
        vector = to_scanner * vector.normalized(); // Eigen leaves a zero vector as it is
    }
    return fsl;
}

} // namespace swather
