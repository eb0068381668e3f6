// SPDX-License-Identifier: MIT
#include "grid/plan.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

Index chunks_of(const PlanPart& plan, Index id)
{
    return (plan.block(id).core.size() + plan.chunk - 1) / plan.chunk;
}

/// Blocks lie end to end over the whole domain, and begin on borders of chunks.
void expect_tiling(const PlanPart& plan)
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
    const PlanPart large = split(10'000'000, 300'000, 0);
    EXPECT_EQ(large.chunk, 262'144);
    EXPECT_EQ(large.block_size, 524'288);
}

TEST(Plan, NoChunkIsLargerThanTheDomain)
{
    const PlanPart plan = split(5, 1000, 0);
    EXPECT_EQ(plan.size(), 1);
    EXPECT_EQ(plan.chunk, 5);
    const PlanPart last = split(300'000, 10'000'000, 0); // two chunks in the only block
    EXPECT_EQ(last.size(), 1);
    EXPECT_EQ(chunks_of(last, 0), 2);
}

TEST(Plan, AnEmptyDomainHasNoBlocks) { EXPECT_EQ(split(0, 1000, 0).size(), 0); }

TEST(Plan, ReachIsCoreAndHaloInsideTheDomain)
{
    const PlanPart plan = split(100, 10, 3);
    EXPECT_EQ(plan.block(0).reach, (Box{0, 13}));
    EXPECT_EQ(plan.block(5).reach, (Box{47, 63}));
    EXPECT_EQ(plan.block(9).reach, (Box{87, 100}));
}

TEST(Plan, OfOnePartIsThatPart)
{
    const Index cells = 1000;
    const PlanPart part = split(cells, 64, 3);
    for (const Plan& plan : {Plan(part), Plan({&cells, 1}, 64, 3)}) {
        ASSERT_EQ(plan.size(), part.size());
        EXPECT_EQ(plan.cells(), cells);
        EXPECT_EQ(plan.block_size(), part.block_size);
        for (Index id = 0; id < part.size(); ++id) {
            EXPECT_EQ(plan.block(id).core, part.block(id).core);
            EXPECT_EQ(plan.block(id).reach, part.block(id).reach);
            EXPECT_EQ(plan.block(id).part, 0);
        }
    }
}

TEST(Plan, IdsRunThroughAllParts)
{
    // By hand: 0 blocks, 4 of 3 + 3 + 3 + 1 cells, 0 blocks, 1 of 2 cells, 2 of 3 + 3 cells.
    const std::vector<Index> cells{0, 10, 0, 2, 6};
    const Plan plan(cells, 3, 1);
    ASSERT_EQ(plan.size(), 7);
    EXPECT_EQ(plan.cells(), 18);
    EXPECT_EQ(plan.block_size(), 3);
    struct Expected {
        Index part;
        Box core;
        Box reach;
    };
    const std::vector<Expected> expected{{1, {0, 3}, {0, 4}},   {1, {3, 6}, {2, 7}}, {1, {6, 9}, {5, 10}},
                                         {1, {9, 10}, {8, 10}}, {3, {0, 2}, {0, 2}}, {4, {0, 3}, {0, 4}},
                                         {4, {3, 6}, {2, 6}}};
    for (Index id = 0; id < plan.size(); ++id) {
        const Block block = plan.block(id);
        const Expected& wanted = expected[static_cast<std::size_t>(id)];
        EXPECT_EQ(block.id, id);
        EXPECT_EQ(block.part, wanted.part);
        EXPECT_EQ(block.core, wanted.core);
        EXPECT_EQ(block.reach, wanted.reach);
        EXPECT_EQ(&plan.part_of(block), &plan.parts()[static_cast<std::size_t>(wanted.part)]);
    }
    EXPECT_EQ(plan.parts()[3].chunk, 2); // no chunk is larger than its part
    EXPECT_EQ(plan.parts()[4].ids(), (Box{5, 7}));
}

TEST(Plan, CutByItsLargestBlockIsTheSame)
{
    const std::vector<Index> cells{5, 700'000, 0, 262'144, 300'000, 524'289};
    for (const Index block_size : {1000, 262'144, 262'145, 400'000, 10'000'000}) {
        const Plan plan(cells, block_size, 7);
        EXPECT_EQ(Plan(cells, plan.block_size(), 7).pack(), plan.pack()) << block_size;
    }
}

TEST(Plan, TravelsWhole)
{
    const std::vector<Index> cells{10, 0, 25};
    const Plan plan(cells, 4, 1);
    const Plan there = Plan::unpack(plan.pack());
    EXPECT_EQ(there.size(), plan.size());
    EXPECT_EQ(there.pack(), plan.pack());
    EXPECT_EQ(Plan().size(), 0);
}

TEST(Box, Intersect)
{
    EXPECT_EQ(intersect({0, 10}, {5, 20}), (Box{5, 10}));
    EXPECT_TRUE(intersect({0, 10}, {10, 20}).empty());
    EXPECT_EQ(intersect({0, 10}, {30, 40}).size(), 0);
}
