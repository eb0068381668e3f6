// SPDX-License-Identifier: MIT
#include "kernels/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace swather;

namespace {

/// To 1e-11: both sides have some rounding so far out.
void expect_tail(double got, double expected) { EXPECT_NEAR(got / expected, 1, 1e-11) << expected; }

} // namespace

// scipy 1.10.1: t.sf(value, dof), t.cdf(value, dof)
TEST(Statistics, TailsOfT)
{
    struct Case {
        double t, dof, upper, lower;
    };
    for (const auto& [t, dof, upper, lower] : std::vector<Case>{
             {0.5, 3, 0.3257239824240755, 0.6742760175759246},
             {2, 36, 0.026544243554942556, 0.9734557564450574},
             {5, 20, 3.4365142897710944e-05, 0.9999656348571023},
             {12, 100, 2.1975438578021782e-21, 1.0},
             {40, 196, 1.578074135712705e-96, 1.0},
             {100, 5, 9.480007112311828e-10, 0.9999999990519993},
             {1000, 30, 1.0360017415558858e-69, 1.0},
             {1e6, 2, 4.999999999992501e-13, 0.9999999999995001},
             {40, 2000, 7.139309266781984e-258, 1.0},
         }) {
        const Tails right = tails_of_t(t, dof);
        expect_tail(right.upper, upper);
        expect_tail(right.lower, lower);
        const Tails left = tails_of_t(-t, dof);
        EXPECT_EQ(left.upper, right.lower);
        EXPECT_EQ(left.lower, right.upper);
    }
    EXPECT_EQ(tails_of_t(0, 7).upper, 0.5);
    EXPECT_EQ(tails_of_t(1e6, 1000).upper, 0); // below what a double holds: no error
}

// scipy 1.10.1: f.sf(value, q, dof), f.cdf(value, q, dof)
TEST(Statistics, TailsOfF)
{
    struct Case {
        double f, q, dof, upper, lower;
    };
    for (const auto& [f, q, dof, upper, lower] : std::vector<Case>{
             {0.1, 1, 10, 0.7583315357111736, 0.24166846428882624},
             {1, 2, 36, 0.3778681389925445, 0.6221318610074551},
             {3, 2, 36, 0.06236742115070508, 0.9376325788492947},
             {30, 3, 100, 6.455009917181514e-14, 0.9999999999999355},
             {500, 2, 50, 8.800708404116683e-34, 1.0},
             {1e5, 4, 12, 5.101950363991879e-27, 1.0},
             {1e-6, 2, 36, 0.9999990000005273, 9.999994722224177e-07},
         }) {
        const Tails tails = tails_of_f(f, q, dof);
        expect_tail(tails.upper, upper);
        expect_tail(tails.lower, lower);
    }
    EXPECT_EQ(tails_of_f(0, 2, 36).upper, 1);
    EXPECT_EQ(tails_of_f(0, 2, 36).lower, 0);
}

// scipy 1.10.1: norm.isf(upper); where that is below 0, norm.ppf(lower); both clipped to 1e-300 … 1 − 1e-16
TEST(Statistics, NormalDeviates)
{
    struct Case {
        double upper, lower, z;
    };
    for (const auto& [upper, lower, z] : std::vector<Case>{
             {0.01, 0.99, 2.3263478740408408},
             {1e-20, 1, 9.262340089798409},
             {1e-250, 1, 33.79958617269484},
             {0, 1, 37.0470962993612},
             {1, 0, -37.0470962993612},
             {1 - 1e-10, 1e-10, -6.361340902404056},
             {1, 1e-250, -33.79958617269484},
         })
        EXPECT_NEAR(z_of({upper, lower}), z, 1e-13 * std::abs(z));
    EXPECT_EQ(z_of({0.5, 0.5}), 0);
}
