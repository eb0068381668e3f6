// SPDX-License-Identifier: MIT
#include "kernels/linear_model.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>
#include <limits>

namespace swather {

namespace {

// Autoregressions are told apart by so much, as nilearn has it.
constexpr double bins_of_rho = 100;

/// z_t = q_(t−1) + q_(t+1), nothing beyond the ends.
Eigen::MatrixXd neighbours_of(const Eigen::MatrixXd& basis)
{
    Eigen::MatrixXd neighbours = Eigen::MatrixXd::Zero(basis.rows(), basis.cols());
    const Eigen::Index others = basis.rows() - 1;
    if (others < 1) return neighbours;
    neighbours.topRows(others) += basis.bottomRows(others);
    neighbours.bottomRows(others) += basis.topRows(others);
    return neighbours;
}

} // namespace

LinearModel::LinearModel(const Eigen::MatrixXd& design, std::vector<Eigen::MatrixXd> rows_of, Noise noise)
    : noise_(noise)
    , rows_of_(std::move(rows_of))
    , volumes_(design.rows())
{
    const Eigen::MatrixXd basis = take_basis(design);
    first_of_basis_ = basis.topRows(1).transpose();
    last_of_basis_ = basis.bottomRows(1).transpose();

    const Eigen::MatrixXd neighbours = neighbours_of(basis);
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(volumes_);
    lagged_ = basis.transpose() * neighbours;
    ones_ = basis.transpose() * ones;
    ones_neighbours_ = neighbours.transpose() * ones;
    const auto volumes = static_cast<double>(volumes_);
    has_constant_ = volumes - ones_.squaredNorm() < 1e-10 * volumes;

    if (noise_ == Noise::ar1)
        regressors_ = Regressors({basis, neighbours, ones});
    else
        regressors_ = Regressors({basis, ones});
}

/// Returns Q, and sets what leads from it to the betas.
Eigen::MatrixXd LinearModel::take_basis(const Eigen::MatrixXd& design)
{
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(design, Eigen::ComputeThinU | Eigen::ComputeThinV);
    // The tolerance of numpy's matrix_rank.
    const double tolerance = svd.singularValues()[0] *
                             static_cast<double>(std::max(design.rows(), design.cols())) *
                             std::numeric_limits<double>::epsilon();
    const Eigen::Index rank = (svd.singularValues().array() > tolerance).count();
    to_beta_ = svd.matrixV().leftCols(rank) * svd.singularValues().head(rank).cwiseInverse().asDiagonal();
    return svd.matrixU().leftCols(rank);
}

Eigen::VectorXd LinearModel::of_ones(const Eigen::MatrixXd& rows) const
{
    const Eigen::VectorXd answer = rows * (to_beta_ * ones_);
    const Eigen::VectorXd terms = rows.cwiseAbs() * (to_beta_.cwiseAbs() * ones_.cwiseAbs());
    const double rounding = static_cast<double>(volumes()) * std::numeric_limits<double>::epsilon();
    return (answer.array().abs() <= rounding * terms.array()).select(0, answer);
}

SeriesFitter::SeriesFitter(const LinearModel& model, Scaling scaling, const SeriesSums& sums)
    : model_(model)
    , scaling_(scaling)
    , sums_(sums)
    , beta_of_ones_(model.of_ones(Eigen::MatrixXd::Identity(model.columns(), model.columns())))
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
    moments_.neighbours = factor * projections_.segment(rank, rank) + shift * model_.ones_neighbours_;
    moments_.products = factor * factor * sums_.products(voxel) +
                        factor * shift * (2 * sum - sums_.last(voxel)) + (volumes - 1) * shift * shift;
}

double SeriesFitter::estimate_rho() const
{
    const auto volumes = static_cast<double>(model_.volumes());
    const Eigen::VectorXd& projections = moments_.projections;
    const double squares = moments_.squares - projections.squaredNorm();
    const double products = moments_.products - projections.dot(moments_.neighbours) +
                            projections.dot(model_.lagged_ * projections) / 2;
    const double rho = (products / (volumes - 1)) / (squares / volumes);
    return std::isfinite(rho) ? std::trunc(rho * bins_of_rho) / bins_of_rho : 0;
}

SeriesFitter::Question SeriesFitter::question(const Eigen::MatrixXd& rows,
                                              const Eigen::MatrixXd& inverse) const
{
    Question question;
    question.effect = rows * model_.to_beta_;
    question.variance = question.effect * inverse * question.effect.transpose();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(question.variance);
    const double least = solver.eigenvalues()[0];
    const double most = solver.eigenvalues()[rows.rows() - 1];
    if (least > 1e-12 * most)
        question.whitener = solver.operatorInverseSqrt();
    else // rows that follow from each other, or that the design does not tell: there is no F
        question.whitener.setConstant(rows.rows(), rows.rows(), std::numeric_limits<double>::quiet_NaN());
    question.of_ones = model_.of_ones(rows);
    return question;
}

const SeriesFitter::Whitened& SeriesFitter::whitened(double rho)
{
    const int bin = static_cast<int>(std::lround(rho * bins_of_rho));
    if (const auto found = whitened_.find(bin); found != whitened_.end()) return found->second;

    const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(model_.rank(), model_.rank());
    const Eigen::VectorXd& last = model_.last_of_basis_;
    const Eigen::MatrixXd products =
        identity + rho * rho * (identity - last * last.transpose()) - rho * model_.lagged_;
    Whitened made;
    made.inverse = rho == 0 ? identity : Eigen::MatrixXd(products.llt().solve(identity));
    made.column_sums = model_.ones_ - rho * (model_.ones_ - last);
    for (const Eigen::MatrixXd& rows : model_.rows_of_)
        made.questions.push_back(question(rows, made.inverse));
    return whitened_.emplace(bin, std::move(made)).first->second;
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
    fit_.weights.noalias() = equations.inverse * right_side_;
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
    fit_.questions = &equations.questions;
    return fit_;
}

} // namespace swather
