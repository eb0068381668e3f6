// SPDX-License-Identifier: MIT
#include "run/block_timings.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(BlockTimings, AllOfThemInTheOrderOfBlocks)
{
    const Communicator comm = Communicator::world();
    // Rank r has blocks 2r + 1 and 2r. Each is read for a second, computed for two and journalled for four.
    Timings timings;
    timings[Phase::compute] = 100; // of blocks before
    double reading = 50;
    BlockTimings mine;
    for (const Index id : {2 * comm.rank() + 1, 2 * comm.rank()}) {
        mine.begin(timings, reading);
        reading += 1;
        timings[Phase::compute] += 3;
        timings[Phase::journal] += 4;
        mine.end({.id = id, .core = {0, 5}, .reach = {0, 5}, .cost = 7}, 11, timings, reading);
    }
    const auto all = mine.gathered(comm);
    ASSERT_EQ(std::ssize(all), comm.is_root() ? 2 * comm.size() : 0);
    for (Index id = 0; id < std::ssize(all); ++id) {
        const BlockTiming& one = all[static_cast<std::size_t>(id)];
        EXPECT_EQ(one.block, id);
        EXPECT_EQ(one.rank, id / 2);
        EXPECT_EQ(one.cells, 5);
        EXPECT_EQ(one.bytes, 7);
        EXPECT_EQ(one.stored, 11);
        EXPECT_EQ(one.read, 1);
        EXPECT_EQ(one.compute, 2);
        EXPECT_EQ(one.journal, 4);
        EXPECT_EQ(one.cpu, 0); // no clock was running
    }
}
