// SPDX-License-Identifier: MIT
#include "output/stored_run.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// The marks of a run of `count` records of `size` bytes, whose keys are their numbers.
std::vector<Mark> marks_of(Index run, std::uint64_t count, std::uint64_t size)
{
    Marker marker(run);
    for (std::uint64_t i = 0; i < count; ++i) marker.look(std::to_string(i), i * size);
    return std::move(marker).marks();
}

} // namespace

TEST(Marker, MarksTheFirstRecordAndOneEvery64KiB)
{
    // Of run 1 the second mark stands behind 0.618 · 65,536 = 40,503 bytes: from there on, every 65,536
    // bytes.
    const auto marks = marks_of(1, 3000, 100);
    ASSERT_EQ(marks.size(), 5u); // 40,504 + 3 · 65,536 = 237,112 < 300,000
    EXPECT_EQ(marks[0].begin, 0u);
    EXPECT_EQ(marks[1].begin, 40'600u); // the first that begins there or behind
    EXPECT_EQ(marks[2].begin, 106'100u);
    EXPECT_EQ(marks[4].begin, 237'200u);
    for (const Mark& mark : marks) EXPECT_EQ(mark.key, std::to_string(mark.begin / 100));
}

TEST(Marker, MarksOfAlikeRunsLieEvenly)
{
    // Of any 64 runs in a row, each sixteenth of the first 64 KiB has some, and none more than 7.
    for (const Index first : {0, 1000, 12'345'678}) {
        std::vector<int> in_sixteenth(16);
        for (Index run = first; run < first + 64; ++run)
            ++in_sixteenth.at((marks_of(run, 10'000, 16).at(1).begin - 1) % Mark::distance / 4096);
        for (const int count : in_sixteenth) {
            EXPECT_GE(count, 2);
            EXPECT_LE(count, 7);
        }
    }
}

TEST(Marker, LongRecordsAndLongKeys)
{
    Marker marker(0);
    marker.look("a", 0);
    marker.look("b", 10 * Mark::distance);     // has gone over nine of its places
    marker.look("c", 10 * Mark::distance + 1); // has none
    marker.look("d", 11 * Mark::distance + 1);
    const auto marks = std::move(marker).marks();
    ASSERT_EQ(marks.size(), 3u);
    EXPECT_EQ(marks[0].key + marks[1].key + marks[2].key, "abd");

    // Marks are kept in memory: with keys of 64 KiB there is none in the next 4 MiB.
    Marker of_long(0);
    for (std::uint64_t i = 0; i < 100; ++i)
        of_long.look(std::string(Mark::distance, 'k'), i * Mark::distance);
    EXPECT_EQ(std::move(of_long).marks().size(), 2u);
}

TEST(Marker, OfNoRecordsThereIsNone) { EXPECT_TRUE(marks_of(3, 0, 100).empty()); }
