// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/t2star.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace swather;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double quiet_nan = std::numeric_limits<double>::quiet_NaN();

T2StarFit fit(const Eigen::MatrixXd& series, std::vector<double> echo_times = {10, 20, 40},
              double max_t2star = 500)
{
    return T2StarModel(std::move(echo_times), {.max_t2star = max_t2star}).fit(series);
}

Exit code_of(std::vector<double> echo_times, double max_t2star = 500)
{
    try {
        const T2StarModel model(std::move(echo_times), {.max_t2star = max_t2star});
    } catch (const Error& error) {
        return error.code();
    }
    return Exit::done;
}

} // namespace

TEST(T2Star, AnExactDecay)
{
    // Halved by each 10: T2* = 10/ln 2, S0 = 16.
    const T2StarFit found = fit(Eigen::RowVector3d(8, 4, 1));
    EXPECT_NEAR(found.t2star()[0], 10 / std::log(2), 1e-12);
    EXPECT_NEAR(found.r2star()[0], std::log(2) / 10, 1e-15);
    EXPECT_NEAR(found.s0()[0], 16, 1e-11);
    EXPECT_NEAR(found.residual()[0], 0, 1e-12);
    EXPECT_EQ(found.flags[0], 0);
}

TEST(T2Star, TheLeastSquaresAreThoseOfTheSignals)
{
    // With echoes at 0 and 1, 1 of them and e = exp(−R): the model is a, a·e, a·e. Least squares put a·e on
    // the mean of the last two and a on the first: a = 100, e = (40 + 20)/2/100, residuals 0, −10, 10. (Their
    // logarithms have another mean.)
    const T2StarFit found = fit(Eigen::RowVector3d(100, 40, 20), {0, 1, 1});
    EXPECT_NEAR(found.s0()[0], 100, 1e-9);
    EXPECT_NEAR(found.r2star()[0], -std::log(0.3), 1e-11);
    EXPECT_NEAR(found.residual()[0], std::sqrt(200.0 / 3), 1e-11);
}

TEST(T2Star, OddVoxels)
{
    Eigen::MatrixXd series(8, 3);
    series << 0, 0, 0,   // nothing
        -1, -2, -1,      // nothing
        5, 0, -1,        // one positive signal is no line
        8, quiet_nan, 1, //
        8, infinity, 1,  //
        7, 7, 7,         // the bound: the mean, over what the model leaves of it at T2* = 500
        10, 20, 30,      // the bound
        8, 4, -1;        // two positive ones are
    const T2StarFit found = fit(series);
    EXPECT_EQ(found.maps.topRows(5).cwiseAbs().maxCoeff(), 0);
    EXPECT_EQ(found.t2star()[5], 500);
    EXPECT_EQ(found.t2star()[6], 500);
    const double e1 = std::exp(-10.0 / 500), e2 = std::exp(-20.0 / 500), e3 = std::exp(-40.0 / 500);
    EXPECT_NEAR(found.s0()[5], 7 * (e1 + e2 + e3) / (e1 * e1 + e2 * e2 + e3 * e3), 1e-11);
    EXPECT_GT(found.s0()[7], 8);
    EXPECT_EQ(found.flags,
              (std::vector<FitFlags>{fit_flag::no_signal | fit_flag::constant, fit_flag::no_signal,
                                     fit_flag::no_signal, fit_flag::not_finite, fit_flag::not_finite,
                                     fit_flag::constant, 0, fit_flag::no_signal}));
}

TEST(T2Star, WithoutAMinimumTheLineStays)
{
    // The steeper the decay, the nearer it is to the second echo; by the logarithms of the others it is a
    // factor 100 in 30.
    const T2StarFit found = fit(Eigen::RowVector3d(100, -50, 1));
    EXPECT_EQ(found.flags[0], fit_flag::no_signal | fit_flag::not_converged);
    EXPECT_NEAR(found.r2star()[0], std::log(100) / 30, 1e-14);
    EXPECT_NEAR(found.s0()[0], 100 * std::cbrt(100), 1e-9);
    // What it leaves: 0, −50 − 100·100^(-1/3), 0.
    EXPECT_NEAR(found.residual()[0], (50 + 100 / std::cbrt(100)) / std::sqrt(3), 1e-11);
}

TEST(T2Star, AVoxelDoesNotDependOnTheOthers)
{
    Eigen::MatrixXd series(9, 3);
    for (Eigen::Index i = 0; i < 9; ++i) series.row(i) << 100 + double(i), 60, 30 - double(i);
    const T2StarFit all = fit(series);
    for (Eigen::Index i = 0; i < 9; ++i) EXPECT_EQ(fit(series.middleRows(i, 1)).maps, all.maps.row(i));
    EXPECT_EQ(fit(series.topRows(0)).flags.size(), 0u);
}

TEST(T2Star, EchoTimesThatAreNone)
{
    EXPECT_EQ(code_of({10, 20}), Exit::done);
    EXPECT_EQ(code_of({}), Exit::bad_data);
    EXPECT_EQ(code_of({10}), Exit::bad_data);
    EXPECT_EQ(code_of({10, 10, 10}), Exit::bad_data);
    EXPECT_EQ(code_of({10, -20}), Exit::bad_data);
    EXPECT_EQ(code_of({10, quiet_nan}), Exit::bad_data);
    EXPECT_EQ(code_of({10, 20}, 0), Exit::usage);
    EXPECT_EQ(code_of({10, 20}, quiet_nan), Exit::usage);
}
