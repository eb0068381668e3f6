// SPDX-License-Identifier: MIT
#include "kernels/depth_histogram.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

using Depths = std::vector<std::int32_t>;

DepthHistogram histogram_of(const Depths& depths)
{
    DepthCounter counter;
    counter.add(depths);
    return counter.take();
}

DepthStatistics statistics_of_depths(const Depths& depths) { return statistics_of(histogram_of(depths)); }

} // namespace

TEST(DepthHistogram, CountsEachDepth)
{
    EXPECT_EQ(histogram_of({}), (DepthHistogram{}));
    EXPECT_EQ(histogram_of({3, 0, 3, 7, 0, 3}), (DepthHistogram{{0, 2}, {3, 3}, {7, 1}}));
    // Unusual ones too, among them the last that is usual and the largest that there is.
    EXPECT_EQ(histogram_of({65'536, -1, 5, 65'535, 2'147'483'647, -1}),
              (DepthHistogram{{-1, 2}, {5, 1}, {65'535, 1}, {65'536, 1}, {2'147'483'647, 1}}));
}

TEST(DepthHistogram, TheCounterBeginsAnew)
{
    DepthCounter counter;
    counter.add(Depths{1, 2, 100'000});
    counter.take();
    counter.add(Depths{2});
    counter.add(DepthHistogram{{2, 4}, {9, 5}});
    EXPECT_EQ(counter.take(), (DepthHistogram{{2, 5}, {9, 5}}));
    EXPECT_EQ(counter.take(), (DepthHistogram{}));
}

TEST(DepthHistogram, MergesAndPacks)
{
    const DepthHistogram a{{-1, 1}, {0, 2}, {40, 3}};
    const DepthHistogram b{{0, 5}, {7, 1}, {100'000, 1}};
    const DepthHistogram both{{-1, 1}, {0, 7}, {7, 1}, {40, 3}, {100'000, 1}};
    EXPECT_EQ(merged(a, b), both);
    EXPECT_EQ(merged({}, a), a);
    std::string bytes;
    put_histogram(bytes, both);
    put_histogram(bytes, {});
    std::string_view rest = bytes;
    EXPECT_EQ(take_histogram(rest), both);
    EXPECT_EQ(take_histogram(rest), (DepthHistogram{}));
    EXPECT_TRUE(rest.empty());
}

TEST(DepthHistogram, Statistics)
{
    const DepthStatistics odd = statistics_of_depths({9, 0, 4}); // in order: 0 4 9
    EXPECT_EQ(odd.positions, 3);
    EXPECT_EQ(odd.covered, 2);
    EXPECT_EQ(odd.sum, 13);
    EXPECT_EQ(odd.min, 0);
    EXPECT_EQ(odd.max, 9);
    EXPECT_EQ(odd.median(), 4);
    EXPECT_EQ(statistics_of_depths({9, 0, 4, 5}).median(), 4.5);
    EXPECT_EQ(statistics_of_depths({1, 1, 2, 2}).median(), 1.5);
    EXPECT_EQ(statistics_of_depths({7}).median(), 7);
    EXPECT_EQ(statistics_of_depths({-1, -1, 0}).median(), -1);
    EXPECT_EQ(statistics_of_depths({-1, -1, 0}).covered, 0);

    const DepthStatistics none = statistics_of({});
    EXPECT_EQ(none.mean(), 0);
    EXPECT_EQ(none.median(), 0);
    EXPECT_EQ(none.max, 0);
}
