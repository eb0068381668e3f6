// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/coverage.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// Reads of a test, whose CIGARs, qualities and names stay where they are.
struct Reads {
    struct One {
        Index start;
        std::vector<Cigar> cigar;
        std::uint16_t flag = 0;
        std::uint8_t mapq = 60;
        std::vector<std::uint8_t> qualities{};
        std::string name{};
        std::optional<Index> mate_start{};
        std::string read_group{};
    };
    std::vector<One> reads;
    std::vector<Read> batch;

    ReadsView view(Box core, std::vector<Piece> pieces)
    {
        for (const Piece& piece : pieces)
            for (const One& one : reads)
                batch.push_back({.start = one.start,
                                 .end = one.start + span_of(one.cigar),
                                 .clip = piece.cells,
                                 .flag = one.flag,
                                 .mapq = one.mapq,
                                 .base_count = std::ssize(one.qualities),
                                 .cigar = one.cigar,
                                 .qualities = one.qualities,
                                 .name = one.name,
                                 .mate_start = one.mate_start,
                                 .read_group = one.read_group});
        std::vector<ReadsPiece> of_contigs;
        for (const Piece& piece : pieces)
            of_contigs.push_back({piece, piece.segment, "c" + std::to_string(piece.segment)});
        return {core, std::move(of_contigs), [this, given = false]() mutable {
                    return std::exchange(given, true) ? std::span<const Read>()
                                                      : std::span<const Read>(batch);
                }};
    }

    static Index span_of(const std::vector<Cigar>& cigar)
    {
        Index span = 0;
        for (const Cigar& run : cigar) {
            const auto operation = run.operation();
            if (operation != CigarOperation::insertion && operation != CigarOperation::soft_clip &&
                operation != CigarOperation::hard_clip && operation != CigarOperation::padding)
                span += run.length();
        }
        return std::max<Index>(span, 1);
    }
};

Cigar run(Index length, CigarOperation operation)
{
    return Cigar(static_cast<std::uint32_t>(length) << 4 | static_cast<std::uint32_t>(operation));
}

using enum CigarOperation;
using Depth = std::vector<std::int32_t>;

Depth depth_of(Reads reads, const CountRules& rules = {}, Box core = {0, 10})
{
    auto results = Coverage(rules)(reads.view(core, {{.segment = 0, .cells = core, .start = core.begin}}));
    return std::get<0>(results).at(0).cells;
}

/// One of two mates named "r", properly paired.
Reads::One mate(Index start, std::vector<Cigar> cigar, Index mate_start)
{
    return {.start = start, .cigar = std::move(cigar), .flag = 0x3, .name = "r", .mate_start = mate_start};
}

const CountRules overlaps_once{.overlaps = Overlaps::once};

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
    const auto [depth, bases, tables, summary] =
        Coverage({})(reads.view({2, 8}, {{4, {2, 5}, 100}, {6, {5, 8}, 0}}));
    EXPECT_EQ(depth.at(0).cells, (Depth{1, 1, 1, 1, 1, 1}));
    ASSERT_EQ(summary.entries.size(), 2u);
    EXPECT_EQ(summary.entries[0].item, 4);
    EXPECT_EQ(summary.entries[1].item, 6);
    EXPECT_EQ(summary.entries[1].value.sum, 3);
}

TEST(Coverage, AReadIsToldWhereItBeginsCountedOrNot)
{
    constexpr std::uint16_t unmapped = 4;
    Reads reads{{{1, {run(9, match)}}, {2, {run(2, match)}}, {4, {}, unmapped}, {5, {run(1, match)}}}, {}};
    const auto [depth, bases, tables, summary] =
        Coverage({})(reads.view({2, 8}, {{4, {2, 5}, 100}, {6, {5, 8}, 0}}));
    EXPECT_EQ(summary.entries.at(0).value.reads, 2); // those at 2 and 4
    EXPECT_EQ(summary.entries.at(1).value.reads, 1); // that at 5
}

TEST(Coverage, SummaryMergesInAnyCut)
{
    Reads reads{{{1, {run(4, match)}}, {3, {run(4, match)}}}, {}}; // 0 1 1 2 2 1 1 0 0 0
    DepthSummary merged;
    for (const Box part : {Box{0, 3}, Box{3, 4}, Box{4, 10}}) {
        Reads again = reads;
        const auto [depth, bases, tables, summary] = Coverage({})(again.view(part, {{0, part, part.begin}}));
        merged.merge(summary.entries.at(0).value);
    }
    EXPECT_EQ(merged.length, 10);
    EXPECT_EQ(merged.covered, 6);
    EXPECT_EQ(merged.sum, 8);
    EXPECT_EQ(merged.reads, 2);
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

TEST(Coverage, TakesOnlyReadsOfWantedFlagsAndGroups)
{
    const auto of = [](Index start, std::uint16_t flag, std::string group) {
        return Reads::One{
            .start = start, .cigar = {run(1, match)}, .flag = flag, .read_group = std::move(group)};
    };
    const Reads reads{{of(0, 0, ""), of(1, 0x10, "a"), of(2, 0x1, "b"), of(3, 0x11, "c"), of(4, 0x20, "a")},
                      {}};
    EXPECT_EQ(depth_of(reads, {.include_flags = 0x11}), (Depth{0, 1, 1, 1, 0, 0, 0, 0, 0, 0}));
    EXPECT_EQ(depth_of(reads, {.read_groups = {"a"}}), (Depth{0, 1, 0, 0, 1, 0, 0, 0, 0, 0}));
    EXPECT_EQ(depth_of(reads, {.read_groups = {"c", "b"}}), (Depth{0, 0, 1, 1, 0, 0, 0, 0, 0, 0}));
}

TEST(Coverage, GapsCountWhereTheRulesSaySo)
{
    // 1S 1M 2D 1M 1I 3N 1M 1D from cell 0: M 0, D 1 2, M 3, N 4 5 6, M 7, D 8.
    const Reads reads{{{0,
                        {run(1, soft_clip), run(1, match), run(2, deletion), run(1, match), run(1, insertion),
                         run(3, skip), run(1, match), run(1, deletion)}}},
                      {}};
    EXPECT_EQ(depth_of(reads), (Depth{1, 0, 0, 1, 0, 0, 0, 1, 0, 0}));
    EXPECT_EQ(depth_of(reads, {.deletions = true}), (Depth{1, 1, 1, 1, 0, 0, 0, 1, 1, 0}));
    EXPECT_EQ(depth_of(reads, {.skips = true}), (Depth{1, 0, 0, 1, 1, 1, 1, 1, 0, 0}));
    EXPECT_EQ(depth_of(reads, {.spans = true}), (Depth{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}));
}

TEST(Coverage, AGapHasTheQualityOfTheBaseBehindIt)
{
    // 1M 1D 1M 2D 1M 1D from cell 0, qualities 30 5 30: M 0, D 1 (5), M 2 (5), D 3 4 (30), M 5, D 6 (none).
    const Reads reads{
        {{0,
          {run(1, match), run(1, deletion), run(1, match), run(2, deletion), run(1, match), run(1, deletion)},
          0,
          60,
          {30, 5, 30}}},
        {}};
    EXPECT_EQ(depth_of(reads, {.min_baseq = 13, .deletions = true}), (Depth{1, 0, 0, 1, 1, 1, 1, 0, 0, 0}));
}

TEST(Coverage, OverlapsOfProperPairsCountOnce)
{
    // 0–4 and 2–7.
    Reads pair{{mate(0, {run(5, match)}, 2), mate(2, {run(6, match)}, 0)}, {}};
    EXPECT_EQ(depth_of(pair), (Depth{1, 1, 2, 2, 2, 1, 1, 1, 0, 0}));
    EXPECT_EQ(depth_of(pair, overlaps_once), (Depth{1, 1, 1, 1, 1, 1, 1, 1, 0, 0}));
    // Of each block alone what lies in it.
    EXPECT_EQ(depth_of(pair, overlaps_once, {3, 6}), (Depth{1, 1, 1}));
    EXPECT_EQ(depth_of(pair, overlaps_once, {6, 9}), (Depth{1, 1, 0}));

    for (const std::uint16_t flag : {std::uint16_t{0x1}, std::uint16_t{0x803}}) { // improper; supplementary
        pair.reads[1].flag = flag;
        EXPECT_EQ(depth_of(pair, overlaps_once), (Depth{1, 1, 2, 2, 2, 1, 1, 1, 0, 0})) << flag;
    }
    pair.reads[1].flag = 0x3;
    pair.reads[1].name = "s";
    EXPECT_EQ(depth_of(pair, overlaps_once), (Depth{1, 1, 2, 2, 2, 1, 1, 1, 0, 0}));
}

TEST(Coverage, MatesThatBeginTogetherCountOnce)
{
    EXPECT_EQ(depth_of({{mate(1, {run(3, match)}, 1), mate(1, {run(5, match)}, 1)}, {}}, overlaps_once),
              (Depth{0, 1, 1, 1, 1, 1, 0, 0, 0, 0}));
}

TEST(Coverage, OnlyWhatBothMatesCountIsAnOverlap)
{
    // 2M 2D 3M: 0 1 - - 4 5 6; 1M 1N 4M from 1: 1 - 3 4 5 6.
    const Reads pair{{mate(0, {run(2, match), run(2, deletion), run(3, match)}, 1),
                      mate(1, {run(1, match), run(1, skip), run(4, match)}, 0)},
                     {}};
    EXPECT_EQ(depth_of(pair, overlaps_once), (Depth{1, 1, 0, 1, 1, 1, 1, 0, 0, 0}));
}

TEST(Coverage, AMateInsideTakesAwayAllToTheEndAsMosdepthDoes)
{
    // 0–8 and 2–4: mosdepth subtracts from 2 to 8 where both have one operation, else 2–4.
    EXPECT_EQ(depth_of({{mate(0, {run(9, match)}, 2), mate(2, {run(3, match)}, 0)}, {}}, overlaps_once),
              (Depth{1, 1, 1, 1, 1, 0, 0, 0, 0, 0}));
    EXPECT_EQ(depth_of({{mate(0, {run(9, match)}, 2), mate(2, {run(3, match), run(1, soft_clip)}, 0)}, {}},
                       overlaps_once),
              (Depth{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}));
}

TEST(Coverage, ThreeReadsOfANamePairAsTheyCome)
{
    // The second takes the first away; the third, whose mate is the first, waits for none.
    const Reads reads{{mate(0, {run(5, match)}, 2), mate(2, {run(5, match)}, 0), mate(4, {run(5, match)}, 0)},
                      {}};
    EXPECT_EQ(depth_of(reads, overlaps_once), (Depth{1, 1, 1, 1, 2, 2, 2, 1, 1, 0}));
}

TEST(Coverage, MatesMeetOnTheirPieceOnly)
{
    // Two pieces with the same cells of a contig: each read comes once for each of them, and both overlap.
    Reads pair{{mate(0, {run(4, match)}, 2), mate(2, {run(4, match)}, 0)}, {}};
    std::vector<Piece> pieces{{0, {0, 6}, 0}, {1, {6, 12}, 0}};
    auto view = pair.view({0, 12}, pieces);
    for (std::size_t i : {2, 3}) { // on the second piece
        Read& read = pair.batch[i];
        read.start += 6, read.end += 6, *read.mate_start += 6;
    }
    std::swap(pair.batch[1], pair.batch[2]); // as the file has them
    EXPECT_EQ(std::get<0>(Coverage(overlaps_once)(view)).at(0).cells,
              (Depth{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}));
}

TEST(CountRules, AreThoseOfATool)
{
    EXPECT_TRUE(CountRules::like("depth-J").deletions);
    EXPECT_EQ(CountRules::like("mosdepth").overlaps, Overlaps::once);
    EXPECT_EQ(CountRules::like("mpileup").min_baseq, 13);
    EXPECT_TRUE(CountRules::like("mosdepth-fast").spans);
    EXPECT_THROW((void)CountRules::like("bedtools"), Error);
}
