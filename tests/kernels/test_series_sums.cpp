// SPDX-License-Identifier: MIT
#include "kernels/series_sums.hpp"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <limits>
#include <random>

using namespace swather;

namespace {

using Neighbours = Regressors::Neighbours;
using Series = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>; // volumes × voxels

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Series random_series(Index volumes, Index voxels)
{
    std::mt19937 random(static_cast<unsigned>(31 * volumes + voxels));
    std::normal_distribution<double> normal(100, 3);
    return Series::NullaryExpr(volumes, voxels, [&] { return normal(random); });
}

/// Adds a series, in tiles of so many volumes and voxels.
SeriesSums sums_of(const Series& series, const Regressors& regressors, Index volumes, Index voxels)
{
    SeriesSums sums(series.cols(), regressors);
    for (Index volume = 0; volume < series.rows(); volume += volumes)
        for (Index voxel = 0; voxel < series.cols(); voxel += voxels) {
            const Box of_time{volume, std::min<Index>(volume + volumes, series.rows())};
            const Box of_space{voxel, std::min<Index>(voxel + voxels, series.cols())};
            Series values = series.block(volume, voxel, of_time.size(), of_space.size());
            sums.add({.run = 0,
                      .volumes = of_time,
                      .voxels = of_space,
                      .values = {values.data(), static_cast<std::size_t>(values.size())}});
        }
    return sums;
}

/// All sums of a voxel, end to end.
Eigen::VectorXd all_of(const SeriesSums& sums, Index voxel, const Regressors& regressors)
{
    Eigen::VectorXd projections(regressors.columns());
    sums.projections(voxel, projections);
    Eigen::VectorXd all(regressors.columns() + 4);
    all << projections, sums.first(voxel), sums.last(voxel), sums.squares(voxel), sums.products(voxel);
    return all;
}

/// The same by Eigen, from finite values, with the neighbours of the columns.
Eigen::VectorXd expected_of(const Eigen::VectorXd& series, const Eigen::MatrixXd& matrix)
{
    const Eigen::VectorXd d = series.array() - series[0];
    const Eigen::Index others = d.size() - 1;
    Eigen::MatrixXd neighbours = Eigen::MatrixXd::Zero(matrix.rows(), matrix.cols());
    neighbours.topRows(others) += matrix.bottomRows(others);
    neighbours.bottomRows(others) += matrix.topRows(others);
    Eigen::VectorXd all(2 * matrix.cols() + 5);
    all << matrix.transpose() * d, neighbours.transpose() * d, d.sum(), series[0], d[others], d.squaredNorm(),
        d.head(others).dot(d.tail(others));
    return all;
}

} // namespace

TEST(SeriesSums, AreThoseOfEigenForEveryWidth)
{
    for (const Index columns : {1, 3, 4, 9})
        for (const Index voxels : {1, 2, 3, 5, 7, 8, 9, 17}) {
            const Series series = random_series(23, voxels);
            const Eigen::MatrixXd matrix = Eigen::MatrixXd::Random(23, columns);
            const Regressors regressors({}, matrix, Neighbours::wanted);
            const SeriesSums sums = sums_of(series, regressors, 10, 6);
            for (Index voxel = 0; voxel < voxels; ++voxel) {
                const Eigen::VectorXd expected = expected_of(series.col(voxel), matrix);
                EXPECT_LT((all_of(sums, voxel, regressors) - expected).norm(), 1e-12 * expected.norm());
                EXPECT_TRUE(sums.is_finite(voxel));
            }
        }
}

TEST(SeriesSums, OfAVoxelDoNotDependOnTilesNorOnTheOthers)
{
    const Series series = random_series(37, 29);
    const Regressors regressors(Cosines::of(37, 3), Eigen::MatrixXd::Random(37, 6), Neighbours::wanted);
    const SeriesSums whole = sums_of(series, regressors, 37, 29);
    for (const auto& [volumes, voxels] : std::vector<std::pair<Index, Index>>{{1, 29}, {5, 3}, {36, 1}}) {
        const SeriesSums sums = sums_of(series, regressors, volumes, voxels);
        for (Index voxel = 0; voxel < 29; ++voxel)
            EXPECT_EQ(all_of(sums, voxel, regressors), all_of(whole, voxel, regressors))
                << volumes << " × " << voxels;
    }
    const SeriesSums alone = sums_of(series.col(28), regressors, 37, 1);
    EXPECT_EQ(all_of(alone, 0, regressors), all_of(whole, 28, regressors));
}

TEST(SeriesSums, AreTheSameOnEveryCpu)
{
    const Series series = random_series(37, 29);
    const Regressors regressors(Cosines::of(37, 3), Eigen::MatrixXd::Random(37, 6), Neighbours::wanted);
    const SeriesSums best = sums_of(series, regressors, 10, 29);
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(target);
        const SeriesSums sums = sums_of(series, regressors, 10, 29);
        for (Index voxel = 0; voxel < 29; ++voxel)
            EXPECT_EQ(all_of(sums, voxel, regressors), all_of(best, voxel, regressors))
                << hwy::TargetName(target);
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST(SeriesSums, TakeWhatIsNotFiniteForZero)
{
    Series series = random_series(12, 5);
    Series replaced = series;
    for (const auto& [volume, voxel, value] : std::vector<std::tuple<Index, Index, double>>{
             {0, 0, not_a_number}, {11, 1, infinity}, {4, 2, -infinity}, {5, 2, not_a_number}}) {
        series(volume, voxel) = value;
        replaced(volume, voxel) = 0;
    }
    series.col(3).setConstant(not_a_number);
    replaced.col(3).setZero();
    const Regressors regressors({}, Eigen::MatrixXd::Random(12, 2), Neighbours::none);
    const SeriesSums sums = sums_of(series, regressors, 5, 5);
    const SeriesSums expected = sums_of(replaced, regressors, 5, 5);
    for (Index voxel = 0; voxel < 5; ++voxel) {
        EXPECT_EQ(all_of(sums, voxel, regressors), all_of(expected, voxel, regressors));
        EXPECT_EQ(sums.is_finite(voxel), voxel == 4);
    }
    EXPECT_EQ(sums.squares(3), 0);
}
