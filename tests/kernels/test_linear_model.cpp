// SPDX-License-Identifier: MIT
#include "kernels/linear_model.hpp"

#include <Eigen/QR>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace swather;

namespace {

/// What is known of the fit of one series: by the definitions, with the residuals themselves.
struct Expected {
    double rho = 0;
    double dispersion = 0;
    Eigen::VectorXd beta;
    Eigen::MatrixXd covariance; ///< of beta, at dispersion 1
};

Eigen::MatrixXd whitened(const Eigen::MatrixXd& series, double rho)
{
    Eigen::MatrixXd result = series;
    result.bottomRows(series.rows() - 1) -= rho * series.topRows(series.rows() - 1);
    return result;
}

Expected expected_of(const Eigen::MatrixXd& design, const Eigen::VectorXd& series, Noise noise)
{
    const auto volumes = static_cast<double>(design.rows());
    Expected expected;
    if (noise == Noise::ar1) {
        const Eigen::VectorXd r =
            series - design * design.completeOrthogonalDecomposition().solve(series).eval();
        const Eigen::Index others = r.size() - 1;
        const double products = r.head(others).dot(r.tail(others)) / (volumes - 1);
        expected.rho = std::trunc(100 * products / (r.squaredNorm() / volumes)) / 100;
    }
    const Eigen::MatrixXd x = whitened(design, expected.rho);
    const Eigen::VectorXd y = whitened(series, expected.rho);
    const Eigen::MatrixXd inverse = x.completeOrthogonalDecomposition().pseudoInverse();
    expected.beta = inverse * y;
    expected.dispersion =
        (y - x * expected.beta).squaredNorm() / static_cast<double>(design.rows() - design.cols());
    expected.covariance = inverse * inverse.transpose();
    return expected;
}

/// A design of columns as they are.
Design stored(const Eigen::MatrixXd& columns) { return {.names = {}, .stored = columns}; }

/// The same with a cosine drift before the last.
Design with_cosines(const Eigen::MatrixXd& columns, Eigen::Index cosines)
{
    return {.names = {}, .stored = columns, .cosines = Cosines::of(columns.rows(), cosines)};
}

/// Random regressors, and a constant.
Eigen::MatrixXd random_design(Eigen::Index volumes, Eigen::Index columns)
{
    std::srand(static_cast<unsigned>(volumes * 100 + columns)); // of Eigen's Random
    Eigen::MatrixXd design = Eigen::MatrixXd::Random(volumes, columns + 1);
    design.col(columns).setOnes();
    return design;
}

/// Voxels whose noise is correlated in time, each more than the one before.
Eigen::MatrixXd random_series(Eigen::Index volumes, Eigen::Index voxels)
{
    std::mt19937 random(static_cast<unsigned>(volumes));
    std::normal_distribution<double> normal;
    Eigen::MatrixXd series(volumes, voxels);
    for (Eigen::Index voxel = 0; voxel < voxels; ++voxel) {
        const double rho = static_cast<double>(voxel) / static_cast<double>(voxels);
        double before = 0;
        for (double& value : series.col(voxel)) value = 100 + 2 * (before = rho * before + normal(random));
    }
    return series;
}

SeriesSums sums_of(const Eigen::MatrixXd& series, const LinearModel& model)
{
    SeriesSums sums(series.cols(), model.regressors());
    std::vector<double> values;
    for (const auto& volume : series.rowwise()) values.insert(values.end(), volume.begin(), volume.end());
    sums.add({.run = 0, .volumes = {0, series.rows()}, .voxels = {0, series.cols()}, .values = values});
    return sums;
}

/// Fits each column, and compares.
void expect_fits(const Design& of, const Eigen::MatrixXd& series, Noise noise, Scaling scaling)
{
    const Eigen::MatrixXd design = of.matrix();
    const Eigen::MatrixXd rows = Eigen::MatrixXd::Random(2, design.rows()) * design; // of its row space
    const LinearModel model(of, {rows}, noise);
    const SeriesSums sums = sums_of(series, model);
    SeriesFitter fitter(model, scaling, sums);
    for (Index voxel = 0; voxel < series.cols(); ++voxel) {
        Eigen::VectorXd y = series.col(voxel);
        if (scaling == Scaling::percent)
            y = (100 * (y.array() / std::max(y.mean(), 1.0) - 1)).matrix().eval();
        const Expected expected = expected_of(design, y, noise);
        const auto& fit = fitter.fit(voxel);
        EXPECT_EQ(fit.rho, expected.rho);
        EXPECT_NEAR(fit.dispersion / expected.dispersion, 1, 1e-11);
        EXPECT_LT((fitter.beta() - expected.beta).norm(), 1e-11 * expected.beta.norm());
        const Eigen::VectorXd& effect = fitter.effect(0);
        EXPECT_LT((effect - rows * expected.beta).norm(), 1e-11 * effect.norm());
        const Eigen::MatrixXd variance = rows * expected.covariance * rows.transpose();
        EXPECT_LT((fit.spreads->front().variance - variance).norm(), 1e-10 * variance.norm());
    }
}

} // namespace

TEST(LinearModel, IsThatOfItsDefinition)
{
    for (const Noise noise : {Noise::ols, Noise::ar1})
        for (const Scaling scaling : {Scaling::none, Scaling::percent}) {
            expect_fits(stored(random_design(60, 5)), random_series(60, 20), noise, scaling);
            expect_fits(stored(random_design(60, 5).leftCols(5)), random_series(60, 20), noise, scaling);
        }
}

TEST(LinearModel, OfAlmostAsManyColumnsAsVolumes)
{
    for (const Noise noise : {Noise::ols, Noise::ar1})
        expect_fits(stored(random_design(60, 45)), random_series(60, 20), noise, Scaling::percent);
}

TEST(LinearModel, OfColumnsThatDependOnEachOtherIsTheShortestOfAll)
{
    Eigen::MatrixXd design(60, 8);
    design << random_design(60, 5), random_design(60, 5).leftCols(2) * Eigen::Matrix2d{{1, 2}, {3, -1}};
    const LinearModel model(stored(design), {}, Noise::ols);
    EXPECT_EQ(model.columns(), 8);
    EXPECT_EQ(model.rank(), 6);
    EXPECT_EQ(model.dof(), 54);
    for (const Noise noise : {Noise::ols, Noise::ar1})
        expect_fits(stored(design), random_series(60, 20), noise, Scaling::percent);
}

TEST(LinearModel, OfCosinesIsThatOfItsDefinition)
{
    for (const Noise noise : {Noise::ols, Noise::ar1})
        for (const Scaling scaling : {Scaling::none, Scaling::percent})
            for (const Eigen::Index cosines : {1, 2, 7, 40})
                expect_fits(with_cosines(random_design(60, 5), cosines), random_series(60, 20), noise,
                            scaling);
    // Without a constant, and alone but for one.
    expect_fits(with_cosines(random_design(60, 5).leftCols(5), 7), random_series(60, 20), Noise::ar1,
                Scaling::none);
    expect_fits(with_cosines(random_design(60, 0), 7), random_series(60, 20), Noise::ar1, Scaling::percent);
}

// Columns that cosines explain, all or in part, up to rounding or less.
TEST(LinearModel, OfCosinesAndColumnsThatDependOnThem)
{
    const Eigen::MatrixXd cosines = with_cosines(random_design(60, 0), 7).matrix().leftCols(7);
    const Eigen::MatrixXd random = random_design(60, 4);
    Eigen::MatrixXd columns(60, 6);
    columns << 3 * cosines.col(2) - cosines.col(6), random.col(0), 1e3 * cosines.col(0) + random.col(0),
        random.col(1), cosines * Eigen::VectorXd::Ones(7) + random.col(1), random.col(4);
    const LinearModel model(with_cosines(columns, 7), {}, Noise::ar1);
    EXPECT_EQ(model.columns(), 13);
    EXPECT_EQ(model.rank(), 10);
    EXPECT_EQ(model.dof(), 50);
    for (const Noise noise : {Noise::ols, Noise::ar1})
        expect_fits(with_cosines(columns, 7), random_series(60, 20), noise, Scaling::percent);

    // Almost: 1e-6 of them is not of the cosines.
    Eigen::MatrixXd near = random;
    near.col(0) = cosines.col(1) + 1e-6 * random.col(0);
    EXPECT_EQ(LinearModel(with_cosines(near, 7), {}, Noise::ar1).rank(), 12);
}

TEST(LinearModel, OfZerosExplainsNothing)
{
    const Eigen::MatrixXd series = random_series(60, 3);
    for (const Noise noise : {Noise::ols, Noise::ar1}) {
        const LinearModel model(stored(Eigen::MatrixXd::Zero(60, 2)), {}, noise);
        EXPECT_EQ(model.rank(), 0);
        const SeriesSums sums = sums_of(series, model);
        SeriesFitter fitter(model, Scaling::none, sums);
        for (Index voxel = 0; voxel < series.cols(); ++voxel) {
            const auto& fit = fitter.fit(voxel);
            const double left = whitened(series.col(voxel), fit.rho).squaredNorm();
            EXPECT_NEAR(fit.dispersion, left / 58, 1e-12 * series.col(voxel).squaredNorm());
            EXPECT_EQ(fitter.beta(), Eigen::Vector2d::Zero());
        }
    }
}

TEST(LinearModel, NeedsMoreVolumesThanColumns)
{
    EXPECT_TRUE(LinearModel(stored(random_design(4, 2)), {}, Noise::ols).has_dispersion());
    EXPECT_FALSE(LinearModel(stored(random_design(3, 2)), {}, Noise::ols).has_dispersion());
    EXPECT_FALSE(LinearModel(stored(random_design(2, 2)), {}, Noise::ar1).has_dispersion());
}

// Exactly: its variance is 0, and would make a large t of what rounding leaves.
TEST(LinearModel, HasNoEffectInAConstantSeries)
{
    Eigen::MatrixXd in_parts = random_design(60, 3); // the constant is the sum of two columns
    in_parts.col(3) = in_parts.col(0).unaryExpr([](double value) { return value > 0 ? 1.0 : 0.0; });
    in_parts.col(2) = 1 - in_parts.col(3).array();
    const Eigen::MatrixXd series = Eigen::RowVectorXd{{0, 0.5, -7, 1234.56, 1e6}}.replicate(60, 1);
    for (const Eigen::MatrixXd& design : {random_design(60, 3), in_parts})
        for (const Scaling scaling : {Scaling::none, Scaling::percent}) {
            const Eigen::MatrixXd rows{{1, 0, 0, 0}, {1, -2, 0, 0}};
            const LinearModel model(stored(design), {rows}, Noise::ar1);
            const SeriesSums sums = sums_of(series, model);
            SeriesFitter fitter(model, scaling, sums);
            for (Index voxel = 0; voxel < series.cols(); ++voxel) {
                const auto& fit = fitter.fit(voxel);
                EXPECT_EQ(fit.dispersion, 0);
                EXPECT_EQ(fit.rho, 0);
                EXPECT_EQ(fitter.effect(0).norm(), 0);
                const double mean = series(0, voxel);
                const double expected =
                    scaling == Scaling::none ? mean : 100 * (mean / std::max(mean, 1.0) - 1);
                const Eigen::VectorXd fitted = design * fitter.beta();
                EXPECT_LT((fitted.array() - expected).abs().maxCoeff(), 1e-12 * std::abs(expected) + 1e-300);
            }
        }
}

TEST(LinearModel, WithCosinesHasNoEffectInAConstantSeries)
{
    const Eigen::MatrixXd series = Eigen::RowVectorXd{{0, 0.5, -7, 1234.56, 1e6}}.replicate(60, 1);
    const Eigen::MatrixXd rows{{1, 0, 0, 0, 0}, {1, -2, 0, 0, 0}, {0, 0, 1, -1, 0}};
    const LinearModel model(with_cosines(random_design(60, 2), 2), {rows}, Noise::ar1);
    const SeriesSums sums = sums_of(series, model);
    SeriesFitter fitter(model, Scaling::none, sums);
    for (Index voxel = 0; voxel < series.cols(); ++voxel) {
        EXPECT_EQ(fitter.fit(voxel).dispersion, 0);
        EXPECT_EQ(fitter.effect(0).norm(), 0);
        EXPECT_NEAR(fitter.beta()[4], series(0, voxel), 1e-12 * std::abs(series(0, voxel)));
    }
}

TEST(LinearModel, WithoutAConstantFitsAConstantSeriesAsAnyOther)
{
    const Eigen::MatrixXd series = Eigen::RowVectorXd{{0.5, -7, 1234.56}}.replicate(60, 1);
    expect_fits(stored(random_design(60, 3).leftCols(3)), series, Noise::ols, Scaling::none);
}
