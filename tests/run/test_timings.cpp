// SPDX-License-Identifier: MIT
#include "run/timings.hpp"

#include <gtest/gtest.h>

namespace {

using namespace swather;

/// Ranks that worked for so many seconds each; beside it, all of them wrote for a hundred.
std::vector<Timings::OfRank> ranks_of(const std::vector<double>& work)
{
    std::vector<Timings::OfRank> ranks;
    for (const double seconds : work) {
        Timings::OfRank& one = ranks.emplace_back();
        const auto take = [&](Phase phase, double wall) { one.wall[static_cast<std::size_t>(phase)] = wall; };
        take(Phase::read, seconds / 4);
        take(Phase::compute, seconds / 2);
        take(Phase::journal, seconds / 4);
        take(Phase::write, 100);
        one.cpu_of_all = 2 * seconds;
    }
    return ranks;
}

} // namespace

TEST(Timings, TheBusiestRankByTheMean)
{
    // The mean of 10, 2, 2 and 2 is 4. Their 16 seconds are those of 1.6 ranks that take 10 each: 2 are
    // enough.
    const Totals totals(ranks_of({10, 2, 2, 2}));
    EXPECT_DOUBLE_EQ(totals.imbalance(), 2.5);
    EXPECT_EQ(totals.enough_ranks(), 2);
    EXPECT_DOUBLE_EQ(totals.sum.cpu_of_all, 32);
    EXPECT_DOUBLE_EQ(totals.longest.cpu_of_all, 20);
    EXPECT_DOUBLE_EQ(totals.longest.wall[static_cast<std::size_t>(Phase::compute)], 5);
}

TEST(Timings, AlmostWholeRanksAreWhole)
{
    EXPECT_EQ(Totals(ranks_of({10, 10, 0.3, 0})).enough_ranks(), 2); // 2.03
    EXPECT_EQ(Totals(ranks_of({10, 10, 1, 0})).enough_ranks(), 3);   // 2.1
    EXPECT_EQ(Totals(ranks_of({0, 0})).enough_ranks(), 1);
    EXPECT_DOUBLE_EQ(Totals(ranks_of({0, 0})).imbalance(), 1);
}

TEST(Timings, AdviceWhereRanksWaitedMuch)
{
    // The other three were busy for 2 of 10 seconds: all four for 16 of 40, which is 40 %.
    const Totals uneven(ranks_of({10, 2, 2, 2}));
    const std::string waited =
        "max/mean of the work is 2.50: ranks waited 60 % of its time, and 2 would have taken as long";
    EXPECT_EQ(uneven.balance(false), waited);
    EXPECT_EQ(uneven.balance(true), waited + "; or have blocks dealt on demand, by --schedule dynamic");
    // 17 of 20 seconds, which is 85 %.
    EXPECT_EQ(Totals(ranks_of({10, 7})).balance(true), "max/mean of the work is 1.18");
    EXPECT_EQ(Totals(ranks_of({3, 3, 3})).balance(true), "max/mean of the work is 1.00");
}
