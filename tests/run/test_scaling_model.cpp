// SPDX-License-Identifier: MIT
#include "run/scaling_model.hpp"

#include <gtest/gtest.h>

#include <numeric>

using namespace swather;

namespace {

/// Blocks that take as many seconds as they cost.
Work work_in_seconds(const std::vector<double>& seconds) { return {.costs = seconds, .seconds = seconds}; }

/// One whose messages and files take no time.
constexpr Machine instant{.latency = 0, .bandwidth = 1e300, .io_bandwidth = {}};

Block block(Index id, double cost, Index cells)
{
    return {.id = id, .core = {0, cells}, .reach = {0, cells}, .cost = cost};
}

} // namespace

TEST(ScalingModel, TheBusiestRankOfBlocksThatAreDealtBeforehand)
{
    // As Schedule.DearestFirstToTheLeastLoaded: 7 + 2, 6 + 3, 5 + 4.
    const Work work = work_in_seconds({2, 3, 4, 5, 6, 7});
    const Estimate three = estimate(work, instant, Dealing::beforehand, 3);
    EXPECT_DOUBLE_EQ(three.time(), 9);
    EXPECT_DOUBLE_EQ(three.imbalance(), 1);
    EXPECT_STREQ(three.limit(), "work");
    // 7 + 4 + 3 and 6 + 5 + 2: 14 of 13.5 in the mean.
    EXPECT_DOUBLE_EQ(estimate(work, instant, Dealing::beforehand, 2).imbalance(), 14 / 13.5);
    // The dearest block alone; the mean is 2.7.
    const Estimate ten = estimate(work, instant, Dealing::beforehand, 10);
    EXPECT_DOUBLE_EQ(ten.time(), 7);
    EXPECT_DOUBLE_EQ(ten.imbalance(), 7 / 2.7);
    EXPECT_STREQ(ten.limit(), "uneven work");
}

TEST(ScalingModel, BlocksAreDealtByCostAndTakeTheirSeconds)
{
    // Dealt as 4 | 3 and 1 …, but the cheapest takes longest: 4 → rank 0, 3 → 1, 1 → 1: 1 s and 1 + 10 s.
    const Work work{.costs = {4, 3, 1}, .seconds = {1, 1, 10}};
    EXPECT_DOUBLE_EQ(estimate(work, instant, Dealing::beforehand, 2).computing, 11);
}

TEST(ScalingModel, OnDemandARankHasOneBlockMoreThanItWorksOn)
{
    // Two ranks, of 8, 2, 2, 2, 2: root begins with 8, the other with 2, and asks at once. Root answers when
    // it is done, at 8; by then the other, which has waited from 2 on, has one block more, at 10, and root
    // another. The last one is the other's, which asked at 8, but root comes to that at 10 only: 12.
    const Work work = work_in_seconds({8, 2, 2, 2, 2});
    EXPECT_NEAR(estimate(work, instant, Dealing::on_demand, 2).time(), 12, 1e-3);
    // Dealt beforehand it is 8 and 2 · 4.
    EXPECT_DOUBLE_EQ(estimate(work, instant, Dealing::beforehand, 2).time(), 8);
    EXPECT_DOUBLE_EQ(estimate(work, instant, Dealing::on_demand, 1).time(), 16);
    EXPECT_DOUBLE_EQ(estimate(work, instant, Dealing::on_demand, 7).time(), 8);
}

TEST(ScalingModel, RootOfManyRanksOnlyAnswers)
{
    // 63 of 64 ranks compute: 126 blocks of a second are two for each, dealt ahead of time.
    const Work work = work_in_seconds(std::vector<double>(126, 1.0));
    const Estimate served = estimate(work, instant, Dealing::on_demand, 64);
    EXPECT_NEAR(served.time(), 2, 1e-9);
    EXPECT_DOUBLE_EQ(served.imbalance(), 2 / (126 / 64.0));
    // Of blocks that take nothing all the time is root's, which gives out all but the first 63, in 15 µs
    // each.
    const Work nothing = work_in_seconds(std::vector<double>(1063, 0.0));
    EXPECT_NEAR(estimate(nothing, instant, Dealing::on_demand, 64).computing, 1000 * 15e-6, 1e-9);
}

TEST(ScalingModel, MessagesAndFiles)
{
    Work work = work_in_seconds({4, 4});
    work.planning = 0.5;
    work.placing = 0.25;
    work.gathering = 2048;
    work.bytes_to_read = 9e9;
    work.bytes_of_results = 1e9;
    work.bytes_of_descriptors = 16e6;
    // 1,024 ranks: 10 doublings, 40 times; 5 messages to each of 1,023; of 16 MB all but root's own.
    const Machine machine{.latency = 1e-6, .bandwidth = 1e9, .io_bandwidth = 2e9};
    const Estimate many = estimate(work, machine, Dealing::beforehand, 1024);
    EXPECT_NEAR(many.messages, 400e-6 + 5 * 1023e-6 + 16e-3 * 1023 / 1024, 1e-12);
    // 10 GB at 2 GB/s take longer than the 4 s of a block; the results are then moved three times.
    EXPECT_DOUBLE_EQ(many.files, 5);
    EXPECT_DOUBLE_EQ(many.gathering, 0.25 + 2 + 1.5);
    EXPECT_DOUBLE_EQ(many.time(), 0.5 + many.messages + 5 + 3.75);
    EXPECT_STREQ(many.limit(), "files");
    // One rank sends nothing, and its 8 s are longer than those of the files.
    const Estimate one = estimate(work, machine, Dealing::beforehand, 1);
    EXPECT_DOUBLE_EQ(one.messages, 0);
    EXPECT_DOUBLE_EQ(one.time(), 0.5 + 8 + 0.25 + 2048 + 1.5);
    EXPECT_STREQ(one.limit(), "gathering");
}

TEST(ScalingModel, EnoughRanks)
{
    // 100 blocks of a second: from 50 ranks on it takes 2 s, from 100 on 1 s.
    const Work even = work_in_seconds(std::vector<double>(100, 1.0));
    EXPECT_EQ(enough_ranks(even, instant, Dealing::beforehand, 16'384), 100);
    EXPECT_EQ(enough_ranks(even, instant, Dealing::beforehand, 64), 50);
    EXPECT_EQ(enough_ranks(even, instant, Dealing::beforehand, 1), 1);
    // Beside a block of 50 s a second rank does all others.
    std::vector<double> uneven(50, 1.0);
    uneven.push_back(50);
    EXPECT_EQ(enough_ranks(work_in_seconds(uneven), instant, Dealing::beforehand, 16'384), 2);
    // Messages of a second each: 100 s on one rank, 50 + 45 on two, 25 + 95 on four.
    const Machine slow{.latency = 1, .bandwidth = 1e300, .io_bandwidth = {}};
    EXPECT_EQ(enough_ranks(even, slow, Dealing::beforehand, 1024), 2);
}

TEST(WorkOf, AMeasuredBlockTakesItsOwnTime)
{
    const std::vector<Block> blocks{block(0, 100, 10), block(1, 200, 10), block(2, 297, 10)};
    // The costs are 103 and 300 (0.3 of a cell): 403 of them took 8.06 s, and one takes 0.02 s.
    const std::vector<BlockTiming> measured{
        {.block = 0, .cells = 10, .bytes = 100, .stored = 40, .cpu = 2.06},
        {.block = 7, .cells = 10, .bytes = 297, .stored = 363, .cpu = 6}};
    const Work work = work_of(blocks, measured);
    EXPECT_EQ(work.measured, 1);
    EXPECT_EQ(work.costs, (std::vector<double>{103, 203, 300}));
    ASSERT_EQ(work.seconds.size(), 3U);
    EXPECT_DOUBLE_EQ(work.seconds[0], 2.06);
    EXPECT_DOUBLE_EQ(work.seconds[1], 203 * 0.02);
    EXPECT_DOUBLE_EQ(work.seconds[2], 6); // by its cost, which is that of block 7
    EXPECT_DOUBLE_EQ(work.bytes_to_read, 597);
    // 403 bytes came of a cost of 403.
    EXPECT_DOUBLE_EQ(work.bytes_of_results, 40 + 203 + 300);
}

TEST(WorkOf, ABlockThatWasComputedTwiceTakesBoth)
{
    const std::vector<Block> blocks{block(0, 97, 10), block(1, 97, 10)};
    const std::vector<BlockTiming> measured{{.block = 0, .cells = 10, .bytes = 97, .stored = 5, .cpu = 1},
                                            {.block = 0, .cells = 10, .bytes = 97, .stored = 5, .cpu = 2}};
    const Work work = work_of(blocks, measured);
    EXPECT_EQ(work.seconds, (std::vector<double>{3, 3}));
    EXPECT_DOUBLE_EQ(work.bytes_of_results, 10);
}

TEST(WorkOf, OtherBlocksOfThatNumberAreByTheirCost)
{
    const std::vector<BlockTiming> measured{{.block = 0, .cells = 10, .bytes = 97, .cpu = 1}};
    EXPECT_EQ(work_of(std::vector{block(0, 194, 20)}, measured).measured, 0);
    EXPECT_EQ(work_of(std::vector{block(0, 194, 20)}, measured).seconds, std::vector<double>{2});
    EXPECT_EQ(work_of(std::vector{block(0, 98, 10)}, measured).measured, 0);
    EXPECT_EQ(work_of({}, measured).seconds, std::vector<double>{});
}
