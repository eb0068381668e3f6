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

/// The sums over time of q_t q_(t−1)ᵀ, and their transpose: QᵀZ.
Eigen::MatrixXd lagged_products(const Eigen::MatrixXd& basis)
{
    const Eigen::Index others = basis.rows() - 1;
    const Eigen::MatrixXd products = basis.bottomRows(others).transpose() * basis.topRows(others);
    return products + products.transpose();
}

} // namespace

LinearModel::LinearModel(Eigen::MatrixXd design, const std::vector<Eigen::MatrixXd>& rows_of, Noise noise)
    : noise_(noise)
    , regressors_(regressors_of(std::move(design)))
    , first_of_basis_(regressors_.matrix().topRows(1).transpose())
    , last_of_basis_(regressors_.matrix().bottomRows(1).transpose())
    , ones_(regressors_.matrix().colwise().sum().transpose())
{
    const auto volumes = static_cast<double>(this->volumes());
    has_constant_ = volumes - ones_.squaredNorm() < 1e-10 * volumes;
    beta_of_ones_ = of_ones(Eigen::MatrixXd::Identity(columns(), columns()));
    for (const Eigen::MatrixXd& rows : rows_of) questions_.push_back({rows * to_beta_, of_ones(rows)});
}

/// Turns the matrix of the design into the basis, and sets what tells of the one in terms of the other.
Regressors LinearModel::regressors_of(Eigen::MatrixXd matrix)
{
    const auto longer_side = static_cast<double>(std::max(matrix.rows(), matrix.cols()));
    triangle_ = thin_qr_in_place(matrix);
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(triangle_, Eigen::ComputeThinU | Eigen::ComputeThinV);
    // The tolerance of numpy's matrix_rank.
    const double tolerance = svd.singularValues()[0] * longer_side * std::numeric_limits<double>::epsilon();
    const Eigen::Index rank = (svd.singularValues().array() > tolerance).count();
    Eigen::MatrixXd turn = svd.matrixU().leftCols(rank);
    to_beta_ = svd.matrixV().leftCols(rank) * svd.singularValues().head(rank).cwiseInverse().asDiagonal();
    if (noise_ == Noise::ar1) {
        const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> lagged(turn.transpose() *
                                                                    lagged_products(matrix) * turn);
        lagged_ = lagged.eigenvalues();
        turn *= lagged.eigenvectors();
        to_beta_ *= lagged.eigenvectors();
    }
    multiply_in_place(matrix, turn);
    return Regressors(std::move(matrix),
                      noise_ == Noise::ar1 ? Regressors::Neighbours::wanted : Regressors::Neighbours::none);
}

double LinearModel::bytes() const
{
    const Eigen::Index numbers = regressors_.matrix().size() + triangle_.size() + to_beta_.size();
    return static_cast<double>(sizeof(double)) * static_cast<double>(numbers);
}

/// What `rows`, of contrasts of the columns, say of a series of ones; exactly 0 where it is but rounding,
/// which the variance of a constant series, 0, would make a large t.
Eigen::VectorXd LinearModel::of_ones(const Eigen::MatrixXd& rows) const
{
    const Eigen::VectorXd answer = rows * (to_beta_ * ones_);
    const Eigen::VectorXd most = rows.cwiseAbs() * (to_beta_.rowwise().norm() * ones_.norm());
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
    // Of a series of ones, Zᵀy counts each q twice, but the first and the last.
    moments_.neighbours = factor * projections_.segment(rank, rank) +
                          shift * (2 * model_.ones_ - model_.first_of_basis_ - model_.last_of_basis_);
    moments_.products = factor * factor * sums_.products(voxel) +
                        factor * shift * (2 * sum - sums_.last(voxel)) + (volumes - 1) * shift * shift;
}

double SeriesFitter::estimate_rho() const
{
    const auto volumes = static_cast<double>(model_.volumes());
    const Eigen::VectorXd& projections = moments_.projections;
    const double squares = moments_.squares - projections.squaredNorm();
    const double products = moments_.products - projections.dot(moments_.neighbours) +
                            model_.lagged_.dot(projections.cwiseAbs2()) / 2;
    const double rho = (products / (volumes - 1)) / (squares / volumes);
    return std::isfinite(rho) ? std::trunc(rho * bins_of_rho) / bins_of_rho : 0;
}

const SeriesFitter::Whitened& SeriesFitter::whitened(double rho)
{
    const int bin = static_cast<int>(std::lround(rho * bins_of_rho));
    if (const auto found = whitened_.find(bin); found != whitened_.end()) return found->second;

    const Eigen::VectorXd& last = model_.last_of_basis_;
    Whitened made;
    made.inverse.diagonal.setOnes(model_.rank());
    if (rho != 0) made.inverse.diagonal.array() /= 1 + rho * rho - rho * model_.lagged_.array();
    const Eigen::VectorXd of_last = rho * made.inverse.diagonal.cwiseProduct(last);
    made.inverse.last = of_last / std::sqrt(1 - rho * last.dot(of_last));
    made.column_sums = model_.ones_ - rho * (model_.ones_ - last);
    for (const LinearModel::Question& question : model_.questions())
        made.spreads.push_back(spread(question.effect, made.inverse));
    return whitened_.emplace(bin, std::move(made)).first->second;
}

SeriesFitter::Spread SeriesFitter::spread(const Eigen::MatrixXd& effect, const Inverse& inverse)
{
    const Eigen::VectorXd of_last = effect * inverse.last;
    Spread spread;
    spread.variance = effect * inverse.diagonal.asDiagonal() * effect.transpose();
    spread.variance += of_last * of_last.transpose();
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
        right_side_ += rho * rho * (y.projections - model_.last_of_basis_ * y.last) - rho * y.neighbours;
        squares += rho * rho * (y.squares - y.last * y.last) - 2 * rho * y.products;
    }
    fit_.rho = rho;
    fit_.weights = equations.inverse.diagonal.cwiseProduct(right_side_) +
                   equations.inverse.last.dot(right_side_) * equations.inverse.last;
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
    fit_.r2 = variance(explained, mean_fitted, model_.first_of_basis_.dot(fit_.weights)) /
              variance(squares, mean, y.first);

    fit_.offset = y.offset;
    fit_.spreads = &equations.spreads;
    return fit_;
}

} // namespace swather
