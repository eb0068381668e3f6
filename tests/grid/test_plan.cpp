// SPDX-License-Identifier: MIT
#include "grid/plan.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

Index chunks_of(const Plan& plan, Index id)
{
    return (plan.block(id).core.size() + plan.chunk - 1) / plan.chunk;
}

/// Blocks lie end to end over the whole domain, and begin on borders of chunks.
void expect_tiling(const Plan& plan)
{
    Index cell = 0;
    Index chunks = 0;
    for (Index id = 0; id < plan.size(); ++id) {
        const Block block = plan.block(id);
        EXPECT_EQ(block.id, id);
        EXPECT_EQ(block.core.begin, cell);
        EXPECT_EQ(block.core.begin % plan.chunk, 0);
        EXPECT_FALSE(block.core.empty());
        cell = block.core.end;
        chunks += chunks_of(plan, id);
    }
    EXPECT_EQ(cell, plan.cells);
    EXPECT_EQ(chunks, (plan.cells + plan.chunk - 1) / plan.chunk);
}

} // namespace

TEST(Plan, TilesAnyDomainWithAnyBlockSize)
{
    for (const Index cells : {1, 2, 7, 100, 4097, 600'000})
        for (const Index block_size : {1, 2, 3, 64, 4096, 262'144, 262'145, 10'000'000})
            if (cells / block_size < 10'000) expect_tiling(split(cells, block_size, 0));
}

TEST(Plan, ChunkIsTheBlockUpTo262144CellsThenDividesIt)
{
    EXPECT_EQ(split(1'000'000, 1000, 0).chunk, 1000);
    const Plan large = split(10'000'000, 300'000, 0);
    EXPECT_EQ(large.chunk, 262'144);
    EXPECT_EQ(large.block_size, 524'288);
}

TEST(Plan, NoChunkIsLargerThanTheDomain)
{
    const Plan plan = split(5, 1000, 0);
    EXPECT_EQ(plan.size(), 1);
    EXPECT_EQ(plan.chunk, 5);
    const Plan last = split(300'000, 10'000'000, 0); // two chunks in the only block
    EXPECT_EQ(last.size(), 1);
    EXPECT_EQ(chunks_of(last, 0), 2);
}

TEST(Plan, AnEmptyDomainHasNoBlocks) { EXPECT_EQ(split(0, 1000, 0).size(), 0); }

TEST(Plan, ReachIsCoreAndHaloInsideTheDomain)
{
    const Plan plan = split(100, 10, 3);
    EXPECT_EQ(plan.block(0).reach, (Box{0, 13}));
    EXPECT_EQ(plan.block(5).reach, (Box{47, 63}));
    EXPECT_EQ(plan.block(9).reach, (Box{87, 100}));
}

TEST(Box, Intersect)
{
    EXPECT_EQ(intersect({0, 10}, {5, 20}), (Box{5, 10}));
    EXPECT_TRUE(intersect({0, 10}, {10, 20}).empty());
    EXPECT_EQ(intersect({0, 10}, {30, 40}).size(), 0);
}
