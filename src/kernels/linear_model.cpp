// SPDX-License-Identifier: MIT
#include "kernels/linear_model.hpp"

#include "kernels/thin_qr.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>
#include <limits>

namespace swather {

namespace {

// Autoregressions are told apart by so much, as nilearn has it.
constexpr double bins_of_rho = 100;

/// The sums over time of the products of q_t − q_(t−1), with zeros beyond the ends: 2 − QᵀZ.
Eigen::MatrixXd products_of_differences(const Eigen::MatrixXd& basis)
{
    constexpr Eigen::Index rows_at_once = 256;
    const Eigen::Index last = basis.rows() - 1;
    Eigen::MatrixXd products =
        basis.row(0).transpose() * basis.row(0) + basis.row(last).transpose() * basis.row(last);
    for (Eigen::Index first = 0; first < last; first += rows_at_once) {
        const Eigen::Index count = std::min(rows_at_once, last - first);
        const Eigen::MatrixXd differences =
            basis.middleRows(first + 1, count) - basis.middleRows(first, count);
        products.noalias() += differences.transpose() * differences;
    }
    return products;
}

double largest_singular_value(const DesignTriangle& triangle)
{
    const Eigen::MatrixXd squares = triangle.of_cosines.transpose() * triangle.of_cosines +
                                    triangle.of_rest.transpose() * triangle.of_rest;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(squares, Eigen::EigenvaluesOnly);
    return std::sqrt(solver.eigenvalues().maxCoeff());
}

} // namespace

LinearModel::LinearModel(const Design& design, const std::vector<Eigen::MatrixXd>& rows_of, Noise noise)
    : noise_(noise)
    , regressors_(regressors_of(design))
{
    const auto volumes = static_cast<double>(this->volumes());
    has_constant_ = volumes - ones_.squaredNorm() < 1e-10 * volumes;
    const auto ones = ones_.tail(to_beta_.cols());
    const Eigen::VectorXd beta = to_beta_ * ones, most = to_beta_.rowwise().norm() * ones.norm();
    beta_of_ones_ = without_rounding(beta, most);
    for (const Eigen::MatrixXd& rows : rows_of)
        questions_.push_back({in_basis(rows), without_rounding(rows * beta, rows.cwiseAbs() * most)});
}

/// Makes the basis, and sets what tells of the design in terms of it.
Regressors LinearModel::regressors_of(const Design& design)
{
    Eigen::MatrixXd basis = design.stored;
    triangle_ = decompose(design.cosines, basis);
    Eigen::MatrixXd turn = turn_of(design.volumes());
    if (noise_ == Noise::ar1) {
        differences_.resize(rank());
        differences_.head(design.cosines.columns) = design.cosines.differences();
    }
    if (noise_ == Noise::ar1 && turn.cols() > 0) { // or all columns are 0
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(turn.transpose() *
                                                                    products_of_differences(basis) * turn);
        differences_.tail(turn.cols()) = solver.eigenvalues();
        turn *= solver.eigenvectors();
        to_beta_ *= solver.eigenvectors();
    }
    multiply_in_place(basis, turn);
    set_ends(basis, design.cosines);
    return {design.cosines, std::move(basis),
            noise_ == Noise::ar1 ? Regressors::Neighbours::wanted : Regressors::Neighbours::none};
}

/// What turns the Q of the triangle into a basis; sets how that is made of the columns, and which of their
/// combinations are 0.
Eigen::MatrixXd LinearModel::turn_of(Eigen::Index volumes)
{
    // The weights of the columns that leave of the stored ones what the cosines do not explain; orthonormal,
    // so that what is made of them are the shortest, and small singular values those of the design.
    const Eigen::Index stored = triangle_.stored();
    Eigen::MatrixXd weights(columns(), stored);
    weights << -triangle_.of_cosines, Eigen::MatrixXd::Identity(stored, stored);
    const Eigen::MatrixXd lengths = thin_qr_in_place(weights);
    weights = triangle_.in_order(weights.topRows(triangle_.cosines()), weights.bottomRows(stored));
    const Eigen::MatrixXd left =
        lengths.triangularView<Eigen::Upper>().solve<Eigen::OnTheRight>(triangle_.of_rest);

    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(left, Eigen::ComputeThinU | Eigen::ComputeFullV);
    // The tolerance of numpy's matrix_rank; cosines are of length 1.
    const double largest = std::max(largest_singular_value(triangle_), triangle_.cosines() == 0 ? 0.0 : 1.0);
    const double tolerance =
        largest * static_cast<double>(std::max(volumes, columns())) * std::numeric_limits<double>::epsilon();
    const Eigen::Index rank = (svd.singularValues().array() > tolerance).count();
    null_ = weights * svd.matrixV().rightCols(stored - rank);
    to_beta_ =
        weights * svd.matrixV().leftCols(rank) * svd.singularValues().head(rank).cwiseInverse().asDiagonal();
    return svd.matrixU().leftCols(rank);
}

void LinearModel::set_ends(const Eigen::MatrixXd& basis, const Cosines& cosines)
{
    Eigen::Matrix2Xd rows(2, rank());
    for (const Eigen::Index end : {0, 1}) {
        const Eigen::Index volume = end == 0 ? 0 : basis.rows() - 1;
        cosines.copy({volume, volume + 1}, rows.row(end));
        rows.row(end).tail(basis.cols()) = basis.row(volume);
    }
    ends_ = rows.transpose();
    ones_.setZero(rank());
    ones_.tail(basis.cols()) = basis.colwise().sum().transpose();
}

double LinearModel::bytes() const
{
    const Eigen::Index numbers =
        triangle_.of_cosines.size() + triangle_.of_rest.size() + to_beta_.size() + null_.size();
    return regressors_.bytes() + static_cast<double>(sizeof(double)) * static_cast<double>(numbers);
}

Eigen::VectorXd LinearModel::beta(const Eigen::VectorXd& weights) const
{
    const auto of_cosines = weights.head(triangle_.cosines());
    Eigen::VectorXd beta = to_beta_ * weights.tail(to_beta_.cols());
    beta.segment(triangle_.first_cosine(), of_cosines.size()) += of_cosines;
    beta -= null_ * (null_.middleRows(triangle_.first_cosine(), of_cosines.size()).transpose() * of_cosines);
    return beta;
}

/// What `rows`, of contrasts of the columns, ask of the basis: times its weights it is rows · beta(weights).
Eigen::MatrixXd LinearModel::in_basis(const Eigen::MatrixXd& rows) const
{
    const Eigen::MatrixXd told = rows - (rows * null_) * null_.transpose();
    Eigen::MatrixXd asked(rows.rows(), rank());
    asked << told.middleCols(triangle_.first_cosine(), triangle_.cosines()), rows * to_beta_;
    return asked;
}

/// What is said of a series of ones, of terms as large as `most`; exactly 0 where it is but rounding, which
/// the variance of a constant series, 0, would make a large t.
Eigen::VectorXd LinearModel::without_rounding(const Eigen::VectorXd& answer,
                                              const Eigen::VectorXd& most) const
{
    const double rounding = static_cast<double>(volumes()) * std::numeric_limits<double>::epsilon();
    return (answer.array().abs() <= rounding * most.array()).select(0, answer);
}

SeriesFitter::SeriesFitter(const LinearModel& model, Scaling scaling, const SeriesSums& sums)
    : model_(model)
    , scaling_(scaling)
    , sums_(sums)
    , projections_(model.regressors().columns())
{
}

void SeriesFitter::take_moments(Index voxel)
{
    // The series that is fitted is y = factor · d + shift, with the differences d of the sums.
    sums_.projections(voxel, projections_);
    const auto volumes = static_cast<double>(model_.volumes());
    const Eigen::Index rank = model_.rank();
    const double first = sums_.first(voxel);
    const double sum = projections_[projections_.size() - 1];
    const double unit = scaling_ == Scaling::percent ? std::max(first + sum / volumes, 1.0) : 1;
    const double factor = scaling_ == Scaling::percent ? 100 / unit : 1;
    double shift = scaling_ == Scaling::percent ? 100 * ((first - unit) / unit) : first;
    moments_.offset = 0;
    if (model_.has_constant_) { // what all volumes have in common is not in the residuals: take it off
        const double centre = -factor * sum / volumes;
        moments_.offset = shift - centre;
        shift = centre;
    }

    moments_.projections = factor * projections_.head(rank) + shift * model_.ones_;
    moments_.sum = factor * sum + volumes * shift;
    moments_.squares =
        factor * factor * sums_.squares(voxel) + 2 * factor * shift * sum + volumes * shift * shift;
    moments_.first = shift;
    moments_.last = factor * sums_.last(voxel) + shift;
    if (model_.noise_ == Noise::ols) return;
    const Eigen::Index others = model_.to_beta_.cols(), cosines = rank - others;
    const auto& ends = model_.ends_;
    moments_.neighbours.resize(rank);
    moments_.neighbours.head(cosines) =
        (2 - model_.differences_.head(cosines).array()) * moments_.projections.head(cosines).array();
    moments_.neighbours.head(cosines) -=
        moments_.first * ends.col(0).head(cosines) + moments_.last * ends.col(1).head(cosines);
    // Of a series of ones, Zᵀy counts each q twice, but the first and the last.
    moments_.neighbours.tail(others) = factor * projections_.segment(rank, others) +
                                       shift * (2 * model_.ones_ - ends.col(0) - ends.col(1)).tail(others);
    moments_.products = factor * factor * sums_.products(voxel) +
                        factor * shift * (2 * sum - sums_.last(voxel)) + (volumes - 1) * shift * shift;
}

double SeriesFitter::estimate_rho() const
{
    const auto volumes = static_cast<double>(model_.volumes());
    const Eigen::VectorXd& projections = moments_.projections;
    const double squares = moments_.squares - projections.squaredNorm();
    const Eigen::Index others = model_.to_beta_.cols();
    const Eigen::Vector2d ends = model_.ends_.transpose() * projections; // of the fit, and of its part of S
    const Eigen::Vector2d of_others = model_.ends_.bottomRows(others).transpose() * projections.tail(others);
    const double lagged = 2 * projections.squaredNorm() - model_.differences_.dot(projections.cwiseAbs2()) -
                          ends.squaredNorm() + of_others.squaredNorm();
    const double products = moments_.products - projections.dot(moments_.neighbours) + lagged / 2;
    const double rho = (products / (volumes - 1)) / (squares / volumes);
    return std::isfinite(rho) ? std::trunc(rho * bins_of_rho) / bins_of_rho : 0;
}

const SeriesFitter::Whitened& SeriesFitter::whitened(double rho)
{
    const int bin = static_cast<int>(std::lround(rho * bins_of_rho));
    if (const auto found = whitened_.find(bin); found != whitened_.end()) return found->second;

    Whitened made;
    made.inverse = inverse(rho);
    made.column_sums = model_.ones_ - rho * (model_.ones_ - model_.ends_.col(1));
    for (const LinearModel::Question& question : model_.questions())
        made.spreads.push_back(spread(question.effect, made.inverse));
    return whitened_.emplace(bin, std::move(made)).first->second;
}

/// Woodbury's formula.
SeriesFitter::Inverse SeriesFitter::inverse(double rho) const
{
    Inverse inverse{.diagonal = Eigen::VectorXd::Ones(model_.rank()),
                    .border = Eigen::MatrixX4d::Zero(model_.rank(), 4),
                    .core = Eigen::Matrix4d::Zero()};
    if (rho == 0) return inverse;
    const Eigen::Index others = model_.to_beta_.cols();
    const Eigen::Vector4d factors{rho, rho * (1 - rho), -rho, -rho};
    Eigen::MatrixX4d columns = inverse.border;
    columns.leftCols(2) = model_.ends_;
    columns.bottomRightCorner(others, 2) = model_.ends_.bottomRows(others);
    inverse.diagonal.array() /= (1 - rho) * (1 - rho) + rho * model_.differences_.array();
    inverse.border = inverse.diagonal.asDiagonal() * columns;
    const Eigen::Matrix4d products = columns.transpose() * inverse.border;
    inverse.core = (Eigen::Matrix4d::Identity() + factors.asDiagonal() * products)
                       .partialPivLu()
                       .solve(Eigen::Matrix4d(factors.asDiagonal()));
    return inverse;
}

SeriesFitter::Spread SeriesFitter::spread(const Eigen::MatrixXd& effect, const Inverse& inverse)
{
    const Eigen::MatrixX4d of_border = effect * inverse.border;
    Spread spread;
    spread.variance = effect * inverse.diagonal.asDiagonal() * effect.transpose();
    spread.variance -= of_border * inverse.core * of_border.transpose();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(spread.variance);
    const double least = solver.eigenvalues()[0];
    const double most = solver.eigenvalues()[effect.rows() - 1];
    if (least > 1e-12 * most)
        spread.whitener = solver.operatorInverseSqrt();
    else // rows that follow from each other, or that the design does not tell: there is no F
        spread.whitener.setConstant(effect.rows(), effect.rows(), std::numeric_limits<double>::quiet_NaN());
    return spread;
}

const Eigen::VectorXd& SeriesFitter::effect(std::size_t question)
{
    const LinearModel::Question& asked = model_.questions()[question];
    effect_.noalias() = asked.effect * fit_.weights;
    effect_ += fit_.offset * asked.of_ones;
    return effect_;
}

const SeriesFitter::Fit& SeriesFitter::fit(Index voxel)
{
    take_moments(voxel);
    const Moments& y = moments_;
    const bool is_constant = sums_.is_constant(voxel);
    const double rho = model_.noise_ == Noise::ar1 && !is_constant ? estimate_rho() : 0;
    const Whitened& equations = whitened(rho);

    right_side_ = y.projections;
    double squares = y.squares;
    if (rho != 0) {
        right_side_ += rho * rho * (y.projections - model_.ends_.col(1) * y.last) - rho * y.neighbours;
        squares += rho * rho * (y.squares - y.last * y.last) - 2 * rho * y.products;
    }
    fit_.rho = rho;
    const Inverse& inverse = equations.inverse;
    fit_.weights = inverse.diagonal.cwiseProduct(right_side_);
    if (rho != 0) {
        const Eigen::Vector4d of_border = inverse.core * (inverse.border.transpose() * right_side_);
        fit_.weights.noalias() -= inverse.border * of_border;
    }
    const double explained = fit_.weights.dot(right_side_);
    const double left = is_constant && model_.has_constant_ ? 0 : squares - explained;
    const double residual = left < 0 ? 0 : left; // what is no number stays none
    fit_.dispersion = residual / static_cast<double>(model_.volumes() - model_.columns());

    // Variances over time of the whitened fit and series. What was taken off counts too: whitened, it is
    // alike in all volumes but the first, which has `extra` more.
    const auto volumes = static_cast<double>(model_.volumes());
    const double extra = rho * y.offset;
    const auto variance = [&](double sum_of_squares, double mean, double first) {
        return sum_of_squares / volumes - mean * mean + 2 * extra * (first - mean) / volumes +
               extra * extra * (volumes - 1) / (volumes * volumes);
    };
    const double mean_fitted = equations.column_sums.dot(fit_.weights) / volumes;
    const double mean = (y.sum - rho * (y.sum - y.last)) / volumes;
    fit_.r2 = variance(explained, mean_fitted, model_.ends_.col(0).dot(fit_.weights)) /
              variance(squares, mean, y.first);

    fit_.offset = y.offset;
    fit_.spreads = &equations.spreads;
    return fit_;
}

} // namespace swather
