// SPDX-License-Identifier: MIT
#include "kernels/depth_steps.hpp"

#include <gtest/gtest.h>

namespace swather {
namespace {

using Depths = std::vector<std::int32_t>;

TEST(DepthSteps, SumsRunsInsideTheirClip)
{
    DepthSteps steps({100, 106});
    steps.add({90, 103}, {100, 106});
    steps.add({102, 200}, {100, 105});
    steps.add({104, 104}, {100, 106});
    EXPECT_EQ(std::move(steps).sums(), (Depths{1, 1, 2, 1, 1, 0}));
}

TEST(DepthSteps, BeyondTheDeepestItIsTheDeepestAndRightBehind)
{
    // In units of 2³⁰, of which `deepest` is nearly 2: depths 3, 7, 4, 1 and 0, by steps of 3, 4, −3, −3 and
    // −1.
    constexpr std::int32_t unit = 1 << 30;
    DepthSteps steps({0, 5});
    const auto add = [&](const Box& run, int times) {
        for (int i = 0; i < times; ++i) steps.add(run, {0, 5}, unit);
    };
    add({0, 2}, 3);
    add({1, 3}, 3);
    add({1, 4}, 1);
    EXPECT_EQ(std::move(steps).sums(), (Depths{deepest, deepest, deepest, unit, 0}));
}

TEST(DepthSteps, MayTakeAwayWhatOverlaps)
{
    DepthSteps steps({0, 4});
    steps.add({0, 3}, {0, 4});
    steps.add({1, 4}, {0, 4});
    steps.add({1, 3}, {0, 4}, -1);
    EXPECT_EQ(std::move(steps).sums(), (Depths{1, 1, 1, 1}));
}

} // namespace
} // namespace swather
