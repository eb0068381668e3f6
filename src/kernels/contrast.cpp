// SPDX-License-Identifier: MIT
#include "kernels/contrast.hpp"

#include <Eigen/QR>

#include <cmath>

namespace swather {

namespace {

/// Of columns of length 1: far above what rounding leaves, far below what is meant.
constexpr double tolerance = 1e-9;

using Decomposition = Eigen::ColPivHouseholderQR<Eigen::MatrixXd>;

Eigen::Index rank_of(const Decomposition& decomposition)
{
    return (decomposition.matrixQR().diagonal().array().abs() > tolerance).count();
}

/// The combinations of columns that are 0 at each volume, as columns; their weights of columns of length 1.
Eigen::MatrixXd null_space(const DesignTriangle& design, const Eigen::RowVectorXd& lengths_of_stored)
{
    const auto in_lengths = [&](const Eigen::MatrixXd& matrix) -> Eigen::MatrixXd {
        return matrix.array().rowwise() / lengths_of_stored.array();
    };
    const Decomposition decomposition(in_lengths(design.of_rest).transpose());
    const Eigen::MatrixXd basis = decomposition.householderQ();
    const Eigen::MatrixXd of_stored = basis.rightCols(design.stored() - rank_of(decomposition));
    // What the stored columns have of the cosines, the cosines take back.
    Eigen::MatrixXd null = design.in_order(-in_lengths(design.of_cosines) * of_stored, of_stored);
    null.colwise().normalize();
    return (null.array().abs() < tolerance).select(0, null);
}

} // namespace

bool is_estimable(const DesignTriangle& design, const Eigen::MatrixXd& rows)
{
    Eigen::MatrixXd directions = rows.transpose();
    for (auto direction : directions.colwise()) direction.normalize();
    if (rank_of(Decomposition(directions)) < rows.rows()) return false;

    // A row is in the row space of the design if it is orthogonal to all of its null space.
    const Eigen::RowVectorXd of_stored =
        (design.of_cosines.colwise().squaredNorm() + design.of_rest.colwise().squaredNorm())
            .cwiseSqrt()
            .unaryExpr([](double length) { return length > 0 ? length : 1; });
    const Eigen::VectorXd lengths =
        design.in_order(Eigen::VectorXd::Ones(design.cosines()), of_stored.transpose());
    const Eigen::MatrixXd null = null_space(design, of_stored);
    for (const auto& row : rows.rowwise())
        for (const auto& combination : null.colwise()) {
            const Eigen::ArrayXd terms = row.transpose().array() / lengths.array() * combination.array();
            if (std::abs(terms.sum()) > tolerance * terms.abs().sum()) return false;
        }
    return true;
}

} // namespace swather
