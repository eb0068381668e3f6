// SPDX-License-Identifier: MIT
#include "run/options.hpp"
#include "run/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

using namespace swather;

namespace {

std::vector<double> loads(const std::vector<double>& costs, int ranks)
{
    std::vector<double> sums(static_cast<std::size_t>(ranks));
    const auto rank_of = assign(costs, ranks);
    for (std::size_t i = 0; i < costs.size(); ++i) sums[static_cast<std::size_t>(rank_of[i])] += costs[i];
    return sums;
}

} // namespace

TEST(Schedule, DearestFirstToTheLeastLoaded)
{
    // By hand: 7→0, 6→1, 5→2, 4→2 (5 < 6, 7), 3→1, 2→0.
    EXPECT_EQ(assign(std::vector<double>{2, 3, 4, 5, 6, 7}, 3), (std::vector<int>{0, 1, 2, 2, 1, 0}));
}

TEST(Schedule, LevelWithinOneBlock)
{
    std::vector<double> costs(1000);
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = static_cast<double>(1 + i * 7919 % 101);
    for (const int ranks : {1, 2, 3, 7, 64}) {
        const auto sums = loads(costs, ranks);
        const auto [least, most] = std::minmax_element(sums.begin(), sums.end());
        EXPECT_LE(*most - *least, 101) << ranks;
        EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0.0),
                  std::accumulate(costs.begin(), costs.end(), 0.0));
    }
}

TEST(Schedule, MoreRanksThanBlocks)
{
    const auto sums = loads({1, 1}, 5);
    EXPECT_EQ(std::count(sums.begin(), sums.end(), 1.0), 2);
}

TEST(RunOptions, DefaultBlockFollowsTheWeightOfTheInput)
{
    const RunOptions options;
    const BlockSizes of_reads{.smallest = 16'384, .largest = 1'048'576};
    EXPECT_EQ(options.block_size_for(3'000'000'000, 80e9, of_reads), 262'144); // a human genome at 30×
    EXPECT_EQ(options.block_size_for(4'411'532, 242e6, of_reads), 131'072);    // a bacterium at 58×
    EXPECT_EQ(options.block_size_for(3'000'000'000, 1e6, of_reads),
              1'048'576);                                            // next to nothing on a large genome
    EXPECT_EQ(options.block_size_for(1000, 1e12, of_reads), 16'384); // very deep
    EXPECT_EQ(options.block_size_for(0, 0, of_reads), 1'048'576);
}

TEST(RunOptions, JournalLiesBesideTheOutputOrInScratch)
{
    RunOptions options;
    options.output = "results/a.h5";
    EXPECT_EQ(options.journal(), "results/a.h5.journal");
    options.scratch = "/scratch/me";
    const std::string here = options.journal();
    EXPECT_TRUE(here.starts_with("/scratch/me/a.h5-") && here.ends_with(".journal")) << here;
    options.output = "others/a.h5";
    EXPECT_NE(options.journal(), here);
}
