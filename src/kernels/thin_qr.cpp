// SPDX-License-Identifier: MIT
#include "kernels/thin_qr.hpp"

#include <Eigen/Householder>
#include <Eigen/QR>

#include <algorithm>

namespace swather {

namespace {

/// Forms Q where the reflections stand of which it is the product: below the diagonal, one in each column.
void form_q(Eigen::MatrixXd& reflections, const Eigen::VectorXd& coefficients)
{
    constexpr Eigen::Index width = 48; // of a panel, whose reflections are applied to what stands behind them
    const Eigen::Index size = reflections.cols();
    for (Eigen::Index first = (size - 1) / width * width; first >= 0; first -= width) {
        const Eigen::Index count = std::min(width, size - first);
        const Eigen::MatrixXd panel = reflections.block(first, first, reflections.rows() - first, count);
        reflections.middleCols(first, count).setZero();
        reflections.block(first, first, count, count).setIdentity();
        auto behind = reflections.bottomRightCorner(panel.rows(), size - first);
        behind.applyOnTheLeft(Eigen::householderSequence(panel, coefficients.segment(first, count)));
    }
}

} // namespace

Eigen::MatrixXd thin_qr_in_place(Eigen::MatrixXd& matrix)
{
    const Eigen::Index size = std::min(matrix.rows(), matrix.cols());
    const Eigen::VectorXd coefficients = Eigen::HouseholderQR<Eigen::Ref<Eigen::MatrixXd>>(matrix).hCoeffs();
    Eigen::MatrixXd triangle = matrix.topRows(size).triangularView<Eigen::Upper>();
    matrix.conservativeResize(Eigen::NoChange, size);
    form_q(matrix, coefficients);
    return triangle;
}

void multiply_in_place(Eigen::MatrixXd& matrix, const Eigen::MatrixXd& factor)
{
    constexpr Eigen::Index rows_at_once = 256;
    for (Eigen::Index first = 0; first < matrix.rows(); first += rows_at_once) {
        auto rows = matrix.middleRows(first, std::min(rows_at_once, matrix.rows() - first));
        rows.leftCols(factor.cols()) = (rows * factor).eval();
    }
    matrix.conservativeResize(Eigen::NoChange, factor.cols());
}

} // namespace swather
