// SPDX-License-Identifier: MIT
#include "kernels/coverage.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

using enum CigarOperation;
using Depth = std::vector<std::int32_t>;

Cigar run(Index length, CigarOperation operation)
{
    return Cigar(static_cast<std::uint32_t>(length) << 4 | static_cast<std::uint32_t>(operation));
}

/// A read whose bases are all the same, and have the same quality.
struct Mate {
    Index start;
    std::vector<Cigar> cigar;
    Index mate_start;
    std::uint8_t quality = 20;
    unsigned base = 1;
    bool keeps_bases = true;
    std::string name = "r";
    std::uint16_t flag = 0x3;
    std::vector<std::uint8_t> qualities{};
    std::vector<std::byte> bases{};

    Read read()
    {
        Index end = start;
        Index count = 0;
        for (const Cigar& part : cigar) {
            const auto operation = part.operation();
            if (operation != insertion && operation != soft_clip) end += part.length();
            if (operation != deletion && operation != skip) count += part.length();
        }
        qualities.assign(static_cast<std::size_t>(count), quality);
        bases.assign(static_cast<std::size_t>(count + 1) / 2, std::byte(base << 4 | base));
        return {.start = start,
                .end = end,
                .clip = {0, 10},
                .flag = flag,
                .mapq = 60,
                .base_count = count,
                .cigar = cigar,
                .qualities = qualities,
                .name = name,
                .mate_start = mate_start,
                .bases = bases,
                .keeps_bases = keeps_bases};
    }
};

/// As samtools mpileup counts them.
Depth depth_of(std::vector<Mate> mates, const CountRules& rules = CountRules::like("mpileup"))
{
    std::vector<Read> reads;
    for (Mate& mate : mates) reads.push_back(mate.read());
    const ReadsView view({0, 10}, {{{0, {0, 10}, 0}}}, [&, given = false]() mutable {
        return std::exchange(given, true) ? std::span<const Read>() : std::span<const Read>(reads);
    });
    return std::get<0>(Coverage(rules)(view)).at(0).cells;
}

} // namespace

TEST(PileupMates, EqualBasesCountAsOneOfTheSumOfTheirQualities)
{
    for (const bool first : {true, false}) {
        EXPECT_EQ(depth_of({{.start = 0, .cigar = {run(5, match)}, .mate_start = 2, .keeps_bases = first},
                            {.start = 2, .cigar = {run(6, match)}, .mate_start = 0, .keeps_bases = first}}),
                  (Depth{1, 1, 1, 1, 1, 1, 1, 1, 0, 0}));
        // 7 + 7 is above 13, alone neither is.
        EXPECT_EQ(depth_of({{0, {run(5, match)}, 2, 7, 1, first}, {2, {run(6, match)}, 0, 7, 1, first}}),
                  (Depth{0, 0, 1, 1, 1, 0, 0, 0, 0, 0}));
    }
}

TEST(PileupMates, OfOtherBasesTheBetterIsLowered)
{
    // 0.8 · 20 = 16 counts, 0.8 · 16 = 12 does not; what is not shared stays.
    EXPECT_EQ(depth_of({{0, {run(5, match)}, 2, 20, 1}, {2, {run(6, match)}, 0, 13, 2}}),
              (Depth{1, 1, 1, 1, 1, 1, 1, 1, 0, 0}));
    EXPECT_EQ(depth_of({{0, {run(5, match)}, 2, 16, 1}, {2, {run(6, match)}, 0, 15, 2}}),
              (Depth{1, 1, 0, 0, 0, 1, 1, 1, 0, 0}));
    EXPECT_EQ(depth_of({{0, {run(5, match)}, 2, 16, 1}, {2, {run(6, match)}, 0, 16, 2}}),
              (Depth{1, 1, 0, 0, 0, 1, 1, 1, 0, 0}));
}

TEST(PileupMates, TheBaseBehindAGapOfTheSecondIsPassedOver)
{
    // 10M, and 2M 2D 3M from cell 2: cells 2 3 and 7 8 are settled, 6 is not. The second's gap on 4 5 has the
    // quality of its base on 6, and counts too.
    EXPECT_EQ(depth_of({{0, {run(10, match)}, 2}, {2, {run(2, match), run(2, deletion), run(3, match)}, 0}}),
              (Depth{1, 1, 1, 1, 2, 2, 2, 1, 1, 1}));
}

TEST(PileupMates, AGapOfTheFirstCountsAsItWasUntilTheLastReadCame)
{
    // 1M 5D 2M, whose base behind the gap is lost to the mate on 6 7: the gap counts on 1 2, before the read
    // that begins on 3, and no more from there on.
    const std::vector<Cigar> gap{run(1, match), run(5, deletion), run(2, match)};
    EXPECT_EQ(depth_of({{.start = 0, .cigar = gap, .mate_start = 6, .keeps_bases = false},
                        {.start = 3, .cigar = {run(1, match)}, .mate_start = 0, .name = "s", .flag = 0},
                        {.start = 6, .cigar = {run(2, match)}, .mate_start = 0, .keeps_bases = false}}),
              (Depth{1, 1, 1, 1, 0, 0, 1, 1, 0, 0}));
}

TEST(PileupMates, NothingWaitsByANameThatIsGone)
{
    // Of one name: a single read on 0 that ends before the read on 3 begins, so that the second read of the
    // name waits no more when the third comes.
    const Mate waiting{0, {run(6, match)}, 4};
    const Mate last{4, {run(3, match)}, 0};
    const Mate single{.start = 0, .cigar = {run(1, match)}, .mate_start = 0, .flag = 0};
    const Mate other{.start = 3, .cigar = {run(1, match)}, .mate_start = 0, .name = "s", .flag = 0};
    EXPECT_EQ(depth_of({waiting, other, last}), (Depth{1, 1, 1, 2, 1, 1, 1, 0, 0, 0}));
    EXPECT_EQ(depth_of({waiting, single, other, last}), (Depth{2, 1, 1, 2, 2, 2, 1, 0, 0, 0}));
}

TEST(PileupMates, AReadWhoseMateDoesNotComeCountsAsItIs)
{
    EXPECT_EQ(depth_of({{0, {run(5, match)}, 2}}), (Depth{1, 1, 1, 1, 1, 0, 0, 0, 0, 0}));
}

TEST(PileupMates, OrphansCountWhereTheyAreAskedFor)
{
    const Mate orphan{.start = 0, .cigar = {run(5, match)}, .mate_start = 2, .flag = 0x1};
    CountRules rules = CountRules::like("mpileup");
    EXPECT_EQ(depth_of({orphan}, rules), Depth(10, 0));
    rules.orphans = true;
    EXPECT_EQ(depth_of({orphan}, rules), (Depth{1, 1, 1, 1, 1, 0, 0, 0, 0, 0}));
}

TEST(PileupMates, AGapAtTheEndHasNoBaseAndDoesNotCount)
{
    EXPECT_EQ(
        depth_of({{.start = 0, .cigar = {run(2, match), run(2, deletion)}, .mate_start = 0, .flag = 0}}),
        (Depth{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
}
