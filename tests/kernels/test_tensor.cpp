// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/tensor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace swather;

namespace {

using Weights = TensorModel::Weights;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double quiet_nan = std::numeric_limits<double>::quiet_NaN();

/// One volume without weighting and ten of b = 1000: the axes, the diagonals of their planes, and one of
/// space.
BTable table()
{
    BTable made{{0}, {{0, 0, 0}}};
    for (const Eigen::Vector3d& g : std::initializer_list<Eigen::Vector3d>{{1, 0, 0},
                                                                           {0, 1, 0},
                                                                           {0, 0, 1},
                                                                           {1, 1, 0},
                                                                           {1, -1, 0},
                                                                           {1, 0, 1},
                                                                           {1, 0, -1},
                                                                           {0, 1, 1},
                                                                           {0, 1, -1},
                                                                           {1, 1, 1}}) {
        made.values.push_back(1000);
        made.vectors.push_back(g.normalized());
    }
    return made;
}

/// The signals of a tensor, exactly, as one row.
Eigen::RowVectorXd signals_of(const Eigen::Matrix3d& tensor, double s0)
{
    const BTable b = table();
    Eigen::RowVectorXd signals(b.size());
    for (std::size_t i = 0; i < b.values.size(); ++i)
        signals[static_cast<Eigen::Index>(i)] =
            s0 * std::exp(-b.values[i] * b.vectors[i].dot(tensor * b.vectors[i]));
    return signals;
}

TensorFit fit(const Eigen::MatrixXd& series, Weights weights = Weights::dipy)
{
    // An affine of a negative determinant that is the identity but for that: mrtrix's axes are those of the
    // table, x reversed.
    return TensorModel(series.cols(), table(), Eigen::Vector3d(-1, 1, 1).asDiagonal(), {.weights = weights})
        .fit(series);
}

constexpr std::initializer_list<Weights> all_weights{Weights::none, Weights::dipy, Weights::mrtrix};

Error error_of(Index volumes, BTable b, TensorModel::Options options = {})
{
    try {
        const TensorModel model(volumes, std::move(b), Eigen::Matrix3d::Identity(), options);
    } catch (const Error& error) {
        return error;
    }
    return {Exit::done, 0, "no error", ""};
}

void expect_near(const auto& found, const auto& expected, double tolerance)
{
    EXPECT_LE((found - expected).cwiseAbs().maxCoeff(), tolerance)
        << "found " << found << "\nnot " << expected;
}

} // namespace

TEST(Tensor, AnIsotropicTensor)
{
    for (const Weights weights : all_weights) {
        const TensorFit found = fit(signals_of(0.7e-3 * Eigen::Matrix3d::Identity(), 800), weights);
        expect_near(found.eigenvalues().row(0), Eigen::RowVector3d::Constant(0.7e-3), 1e-16);
        EXPECT_NEAR(found.s0()[0], 800, 1e-9);
        EXPECT_NEAR(found.fa()[0], 0, 1e-12);
        EXPECT_NEAR(found.md()[0], 0.7e-3, 1e-16);
        EXPECT_NEAR(found.direction().row(0).norm(), 1, 1e-15);
        EXPECT_EQ(found.flags[0], 0);
    }
}

TEST(Tensor, ATensorOfOneDirection)
{
    // D = d·u·uᵀ, u = (2, -1, 2)/3: eigenvalues d, 0, 0, so FA = sqrt((1² + 0 + 1²)/2/1²) = 1; dipy raises 0
    // to 1e-6 over the largest entry of the b-matrices, 1000 of the axes.
    const Eigen::Vector3d u = Eigen::Vector3d(2, -1, 2) / 3;
    for (const Weights weights : all_weights) {
        const bool mrtrix = weights == Weights::mrtrix;
        const TensorFit found = fit(signals_of(1.2e-3 * u * u.transpose(), 500), weights);
        const double least = mrtrix ? 0 : 1e-9;
        expect_near(found.eigenvalues().row(0), Eigen::RowVector3d(1.2e-3, least, least), 1e-15);
        EXPECT_NEAR(found.fa()[0], 1, 1e-6);
        EXPECT_NEAR(found.ad()[0], 1.2e-3, 1e-15);
        EXPECT_NEAR(found.rd()[0], least, 1e-15);
        EXPECT_NEAR(found.md()[0], (1.2e-3 + 2 * least) / 3, 1e-15);
        // (−2, −1, 2)/3 along the axes of the scanner, and x is not negative.
        expect_near(found.direction().row(0),
                    mrtrix ? Eigen::RowVector3d(2, 1, -2) / 3 : Eigen::RowVector3d(2, -1, 2) / 3, 1e-12);
    }
}

TEST(Tensor, OrdersOfTheElements)
{
    const Eigen::Matrix3d tensor{
        {1.1e-3, 0.1e-3, 0.2e-3}, {0.1e-3, 0.9e-3, -0.3e-3}, {0.2e-3, -0.3e-3, 0.7e-3}};
    const Eigen::MatrixXd series = signals_of(tensor, 100);
    const TensorModel dipy(11, table(), Eigen::Matrix3d::Identity(), {.weights = Weights::dipy});
    EXPECT_EQ(dipy.element_order(), "Dxx,Dxy,Dyy,Dxz,Dyz,Dzz");
    EXPECT_EQ(dipy.frame(), "voxel");
    expect_near(dipy.fit(series).elements().row(0),
                Eigen::RowVector<double, 6>(1.1e-3, 0.1e-3, 0.9e-3, 0.2e-3, -0.3e-3, 0.7e-3), 1e-15);
    // A positive determinant: FSL's x runs the other way. The affine turns x to y, y to −x, so with x
    // reversed: x → −y, y → −x, z → z.
    const Eigen::Matrix3d turn{{0, -2, 0}, {2, 0, 0}, {0, 0, 3}};
    const TensorModel mrtrix(11, table(), turn, {.weights = Weights::mrtrix});
    EXPECT_EQ(mrtrix.element_order(), "D11,D22,D33,D12,D13,D23");
    EXPECT_EQ(mrtrix.frame(), "scanner");
    expect_near(mrtrix.fit(series).elements().row(0),
                Eigen::RowVector<double, 6>(0.9e-3, 1.1e-3, 0.7e-3, 0.1e-3, 0.3e-3, -0.2e-3), 1e-15);
}

TEST(Tensor, VoxelsWithoutASignal)
{
    Eigen::MatrixXd series = Eigen::MatrixXd::Constant(6, 11, -1);
    series.row(0).setZero();
    series(2, 4) = quiet_nan;
    series(3, 4) = infinity;
    series(4, 4) = -infinity;
    series.row(5).setConstant(7);
    for (const Weights weights : all_weights) {
        const TensorFit found = fit(series, weights);
        EXPECT_EQ(found.maps.topRows(5).cwiseAbs().maxCoeff(), 0);
        EXPECT_EQ(found.s0()[5], 7);
        EXPECT_EQ(found.maps.row(5).sum(), 7);
        constexpr FitFlags nothing = fit_flag::no_signal | fit_flag::constant;
        EXPECT_EQ(found.flags,
                  (std::vector<FitFlags>{nothing, nothing, fit_flag::not_finite, fit_flag::not_finite,
                                         fit_flag::not_finite, fit_flag::constant}));
    }
}

TEST(Tensor, ANegativeSignalIsRaised)
{
    // So are the fits of the signal that it is raised to: 1e-4, and 1e-6 of the largest.
    Eigen::MatrixXd series = signals_of(0.5e-3 * Eigen::Matrix3d::Identity(), 300).replicate(2, 1);
    series(0, 3) = -20;
    for (const Weights weights : all_weights) {
        series(1, 3) = weights == Weights::mrtrix ? 300e-6 : 1e-4;
        const TensorFit found = fit(series, weights);
        EXPECT_EQ(found.maps.row(0), found.maps.row(1));
        EXPECT_EQ(found.flags[0], fit_flag::no_signal);
        EXPECT_EQ(found.flags[1], 0);
    }
}

TEST(Tensor, ABlockOfAnyNumberOfVoxelsInAnyOuterStride)
{
    Eigen::MatrixXd series(40, 11);
    for (Eigen::Index i = 0; i < series.rows(); ++i)
        series.row(i) =
            signals_of(Eigen::Vector3d(1e-3 + 1e-5 * double(i), 5e-4, 3e-4).asDiagonal(), 100 + double(i));
    const TensorModel model(11, table(), Eigen::Matrix3d::Identity(), {});
    const TensorFit all = model.fit(series);
    for (Eigen::Index i = 0; i < series.rows(); ++i) EXPECT_NEAR(all.ad()[i], 1e-3 + 1e-5 * double(i), 1e-15);
    for (Eigen::Index count = 0; count <= 40; ++count)
        EXPECT_EQ(model.fit(series.bottomRows(count)).maps, all.maps.bottomRows(count)) << count << " voxels";
}

TEST(Tensor, QrFindsWhatTheNormalEquationsWouldLose)
{
    // y = 1 + … + 7 times the columns, which are powers of volume/10: their normal equations have a condition
    // of 1e12 and, by the weights, much more.
    TensorProblem problem{.volumes = 12, .design = {}, .pseudoinverse = {}, .places = {}};
    std::vector<double> weights, residuals;
    for (int volume = 1; volume <= 12; ++volume) {
        double sum = 0, power = 1;
        for (int i = 1; i <= 7; ++i, power *= volume / 10.0) {
            problem.design.push_back(power);
            sum += i * power;
        }
        residuals.push_back(sum);
        weights.push_back(volume % 3 == 0 ? 1e-12 : 1);
    }
    std::vector<double> unknowns(7, 10);
    ASSERT_TRUE(refit_by_qr(problem, weights.data(), residuals.data(), unknowns.data(), 1));
    for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(unknowns[i], 11 + static_cast<double>(i), 1e-6);

    // Six volumes that count cannot tell seven unknowns apart.
    const std::vector<double> before = unknowns;
    for (std::size_t i = 0; i < 6; ++i) weights[i] = 0;
    EXPECT_FALSE(refit_by_qr(problem, weights.data(), residuals.data(), unknowns.data(), 1));
    EXPECT_EQ(unknowns, before);
}

TEST(Tensor, WeightsThatLeaveTooFewVolumesKeepTheUnweightedFit)
{
    // One signal is so much larger than all others that only it counts.
    Eigen::MatrixXd series = Eigen::MatrixXd::Constant(1, 11, 1);
    series(0, 0) = 1e200;
    const TensorFit found = fit(series), unweighted = fit(series, Weights::none);
    EXPECT_EQ(found.flags[0], fit_flag::rank_deficient);
    EXPECT_EQ(found.maps, unweighted.maps);
}

TEST(Tensor, TablesThatCannotTellTheUnknownsApart)
{
    BTable b = table();
    const auto expect_rank = [&](const char* rank) {
        const Error error = error_of(b.size(), b);
        EXPECT_EQ(error.code(), Exit::bad_data);
        EXPECT_NE(error.finding().find(rank), std::string::npos) << error.finding();
    };
    for (auto& g : b.vectors) g = {g.x(), g.y(), 0}; // in a plane: Dxz, Dyz and Dzz are unknown
    for (auto& g : b.vectors) g = g.isZero() ? Eigen::Vector3d(0, 1, 0) : Eigen::Vector3d(g.normalized());
    expect_rank("4 of the 7");
    b = table();
    b.values[0] = 1000; // one b-value alone does not tell S0 from the trace
    b.vectors[0] = Eigen::Vector3d(1, -1, 1).normalized();
    expect_rank("6 of the 7");
    b.values.assign(b.values.size(), 0);
    expect_rank("1 of the 7");
}

TEST(Tensor, TablesOfAnotherLength)
{
    const Error length = error_of(12, table());
    EXPECT_EQ(length.code(), Exit::bad_data);
    EXPECT_EQ(length.finding(), "there are 11 b-values and 12 volumes");

    BTable b = table();
    b.vectors.pop_back();
    EXPECT_EQ(error_of(11, b).finding(), "there are 11 b-values and 10 b-vectors");

    b = table();
    b.values.resize(6);
    b.vectors.resize(6);
    EXPECT_EQ(error_of(6, b).code(), Exit::bad_data);
    EXPECT_EQ(error_of(6, b).finding(), "there are 6 volumes and 7 unknowns of a tensor");
}

TEST(Tensor, TablesThatAreNone)
{
    BTable b = table();
    b.values[5] = -1000;
    EXPECT_EQ(error_of(11, b).finding(), "b-value 6 is -1000");
    b.values[5] = quiet_nan;
    EXPECT_EQ(error_of(11, b).code(), Exit::bad_data);
    b = table();
    b.vectors[5] *= 0.98;
    EXPECT_EQ(error_of(11, b).finding(), "b-vector 6 has length 0.98, its b-value is 1000");
    EXPECT_EQ(error_of(11, b, {.weights = Weights::mrtrix}).code(), Exit::done);
    b = table();
    b.vectors[0] = {quiet_nan, quiet_nan, quiet_nan};
    EXPECT_EQ(error_of(11, b).code(), Exit::done);
    EXPECT_EQ(error_of(11, table(), {.weights = Weights::mrtrix, .iterations = 11}).code(), Exit::usage);
    EXPECT_THROW(TensorModel(11, table(), Eigen::Matrix3d::Zero(), {.weights = Weights::mrtrix}), Error);
}
