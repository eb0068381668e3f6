// SPDX-License-Identifier: MIT
#include "kernels/contrast.hpp"

#include <Eigen/QR>

#include <cmath>

namespace swather {

namespace {

constexpr double tolerance = 1e-9; ///< relative: far above what rounding leaves, far below what is meant

/// A QR decomposition that tells the rank.
Eigen::ColPivHouseholderQR<Eigen::MatrixXd> decomposed(const Eigen::MatrixXd& matrix)
{
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> decomposition(matrix.rows(), matrix.cols());
    decomposition.setThreshold(tolerance).compute(matrix);
    return decomposition;
}

/// The combinations of columns that are 0 at each volume, as columns; their weights of columns of length 1.
Eigen::MatrixXd null_space(const Eigen::MatrixXd& design, const Eigen::RowVectorXd& lengths)
{
    const auto decomposition = decomposed((design.array().rowwise() / lengths.array()).matrix().transpose());
    const Eigen::MatrixXd basis = decomposition.householderQ();
    const Eigen::MatrixXd null = basis.rightCols(design.cols() - decomposition.rank());
    return (null.array().abs() < tolerance).select(0, null);
}

} // namespace

bool is_estimable(const Eigen::MatrixXd& design, const Eigen::MatrixXd& rows)
{
    Eigen::MatrixXd directions = rows.transpose();
    for (auto direction : directions.colwise()) direction.normalize();
    if (decomposed(directions).rank() < rows.rows()) return false;

    // A row is in the row space of the design if it is orthogonal to all of its null space.
    const Eigen::RowVectorXd lengths =
        design.colwise().norm().unaryExpr([](double length) { return length > 0 ? length : 1; });
    const Eigen::MatrixXd null = null_space(design, lengths);
    for (const auto& row : rows.rowwise())
        for (const auto& combination : null.colwise()) {
            const Eigen::ArrayXd terms = (row.array() / lengths.array()).transpose() * combination.array();
            if (std::abs(terms.sum()) > tolerance * terms.abs().sum()) return false;
        }
    return true;
}

} // namespace swather
