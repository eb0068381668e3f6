// SPDX-License-Identifier: MIT
#include "kernels/cosines.hpp"

#include <cmath>
#include <numbers>

namespace swather {

namespace {

constexpr Index volumes_at_once = 256;

/// Calls `visit` with some rows of the cosines after the other, and the volumes in which they are.
template <class Visit>
void for_each_rows(const Cosines& cosines, Index volumes, Visit&& visit)
{
    for (Index first = 0; first < volumes; first += volumes_at_once) {
        const Box some{first, std::min(first + volumes_at_once, volumes)};
        Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows(some.size(),
                                                                                    cosines.columns);
        cosines.copy(some, rows);
        visit(rows, some);
    }
}

} // namespace

Cosines Cosines::of(Eigen::Index volumes, Eigen::Index columns)
{
    const auto n = static_cast<double>(volumes);
    Cosines cosines{.columns = columns};
    for (Eigen::Index i = 0; i < 4 * volumes; ++i)
        cosines.wave.push_back(std::sqrt(2 / n) *
                               std::cos(std::numbers::pi / (2 * n) * static_cast<double>(i)));
    return cosines;
}

Eigen::MatrixXd Cosines::take_from(Eigen::MatrixXd& matrix) const
{
    Eigen::MatrixXd weights = Eigen::MatrixXd::Zero(columns, matrix.cols());
    for_each_rows(*this, matrix.rows(), [&](const auto& rows, const Box& volumes) {
        weights.noalias() += rows.transpose() * matrix.middleRows(volumes.begin, volumes.size());
    });
    for_each_rows(*this, matrix.rows(), [&](const auto& rows, const Box& volumes) {
        matrix.middleRows(volumes.begin, volumes.size()).noalias() -= rows * weights;
    });
    return weights;
}

Eigen::VectorXd Cosines::differences() const
{
    const double angle = 2 * std::numbers::pi / static_cast<double>(wave.size()); // π/2n
    return Eigen::VectorXd::NullaryExpr(columns, [&](Eigen::Index column) {
        const double sine = std::sin(angle * static_cast<double>(column + 1));
        return 4 * sine * sine;
    });
}

} // namespace swather
