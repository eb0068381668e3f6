// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/coverage.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// Reads of a test, whose CIGARs and qualities stay where they are.
struct Reads {
    struct One {
        Index start;
        std::vector<Cigar> cigar;
        std::uint16_t flag = 0;
        std::uint8_t mapq = 60;
        std::vector<std::uint8_t> qualities{};
    };
    std::vector<One> reads;
    std::vector<Read> batch;

    ReadsView view(Box core, std::vector<Piece> pieces)
    {
        for (const Piece& piece : pieces)
            for (const One& one : reads)
                batch.push_back({one.start, piece.cells, one.flag, one.mapq, one.cigar, one.qualities});
        return {core, std::move(pieces), [this, given = false]() mutable {
                    return std::exchange(given, true) ? std::span<const Read>()
                                                      : std::span<const Read>(batch);
                }};
    }
};

Cigar run(Index length, CigarOperation operation)
{
    return Cigar(static_cast<std::uint32_t>(length) << 4 | static_cast<std::uint32_t>(operation));
}

using enum CigarOperation;
using Depth = std::vector<std::int32_t>;

Depth depth_of(Reads reads, Coverage::Options options = {}, Box core = {0, 10})
{
    auto [depth, summary] =
        Coverage(options)(reads.view(core, {{.segment = 0, .cells = core, .start = core.begin}}));
    return depth.cells;
}

} // namespace

TEST(Coverage, CountsAlignedBasesOnly)
{
    // 2S 2M 1I 1= 2D 1X 1N 1M 3H from cell 1: 1 2 | 3 | - - | 6 | - | 8
    EXPECT_EQ(
        depth_of({{{1,
                    {run(2, soft_clip), run(2, match), run(1, insertion), run(1, equal), run(2, deletion),
                     run(1, difference), run(1, skip), run(1, match), run(3, hard_clip)}}},
                  {}}),
        (Depth{0, 1, 1, 1, 0, 0, 1, 0, 1, 0}));
}

TEST(Coverage, ReadsOverBothBordersCountInside)
{
    EXPECT_EQ(
        depth_of({{{2, {run(5, match)}}, {13, {run(9, match)}}, {0, {run(30, match)}}}, {}}, {}, {5, 15}),
        (Depth{2, 2, 1, 1, 1, 1, 1, 1, 2, 2}));
}

TEST(Coverage, LeavesOutFlagsAndLowMappingQualities)
{
    const Reads reads{{{0, {run(1, match)}, 0x4},
                       {1, {run(1, match)}, 0x100},
                       {2, {run(1, match)}, 0x200},
                       {3, {run(1, match)}, 0x400},
                       {4, {run(1, match)}, 0x800},
                       {5, {run(1, match)}, 0, 9},
                       {6, {run(1, match)}, 0, 10}},
                      {}};
    EXPECT_EQ(depth_of(reads), (Depth{0, 0, 0, 0, 1, 1, 1, 0, 0, 0}));
    EXPECT_EQ(depth_of(reads, {.min_mapq = 10, .exclude_flags = 0x704 | 0x800}),
              (Depth{0, 0, 0, 0, 0, 0, 1, 0, 0, 0}));
}

TEST(Coverage, BaseQualitiesFollowTheReadNotTheReference)
{
    // 1S 2M 2D 1I 3M, qualities of the 7 bases: cells 1 2 | - - | 5 6 7 have bases 1 2 | 4 5 6.
    const Reads reads{
        {{1,
          {run(1, soft_clip), run(2, match), run(2, deletion), run(1, insertion), run(3, match)},
          0,
          60,
          {30, 20, 5, 30, 30, 5, 13}}},
        {}};
    EXPECT_EQ(depth_of(reads, {.min_baseq = 13}), (Depth{0, 1, 0, 0, 0, 1, 0, 1, 0, 0}));
}

TEST(Coverage, BasesWithoutQualityCount)
{
    EXPECT_EQ(depth_of({{{3, {run(2, match)}, 0, 60, {}}}, {}}, {.min_baseq = 13}),
              (Depth{0, 0, 0, 1, 1, 0, 0, 0, 0, 0}));
}

TEST(Coverage, AReadOfOnePieceDoesNotRunIntoTheNext)
{
    Reads reads{{{0, {run(10, match)}}}, {}};
    // The batch has the read once for each piece: 1 + 1 inside each, nothing carried over the border at
    // cell 5.
    const auto [depth, summary] = Coverage({})(reads.view({2, 8}, {{4, {2, 5}, 100}, {6, {5, 8}, 0}}));
    EXPECT_EQ(depth.cells, (Depth{1, 1, 1, 1, 1, 1}));
    ASSERT_EQ(summary.entries.size(), 2u);
    EXPECT_EQ(summary.entries[0].item, 4);
    EXPECT_EQ(summary.entries[1].item, 6);
    EXPECT_EQ(summary.entries[1].value.sum, 3);
}

TEST(Coverage, SummaryMergesInAnyCut)
{
    Reads reads{{{1, {run(4, match)}}, {3, {run(4, match)}}}, {}}; // 0 1 1 2 2 1 1 0 0 0
    DepthSummary merged;
    for (const Box part : {Box{0, 3}, Box{3, 4}, Box{4, 10}}) {
        Reads again = reads;
        const auto [depth, summary] = Coverage({})(again.view(part, {{0, part, part.begin}}));
        merged.merge(summary.entries.at(0).value);
    }
    EXPECT_EQ(merged.length, 10);
    EXPECT_EQ(merged.covered, 6);
    EXPECT_EQ(merged.sum, 8);
    EXPECT_EQ(merged.min, 0);
    EXPECT_EQ(merged.max, 2);
}

TEST(Coverage, AnUndefinedOperationIsBadData)
{
    try {
        depth_of({{{1, {Cigar(1u << 4 | 9u)}}}, {}});
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::bad_data);
    }
}
