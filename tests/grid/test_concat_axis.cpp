// SPDX-License-Identifier: MIT
#include "grid/concat_axis.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// chr1 of 10, an empty one, chr2 of 1, positions 3 … 7 of chr3: cells 0–9, none, 10, 11–15.
ConcatAxis example()
{
    ConcatAxis axis;
    axis.append("chr1", 0, 10, 10);
    axis.append("empty", 0, 0, 0);
    axis.append("chr2", 0, 1, 1);
    axis.append("chr3", 2, 7, 100);
    return axis;
}

} // namespace

TEST(ConcatAxis, LaysSegmentsEndToEnd)
{
    const ConcatAxis axis = example();
    EXPECT_EQ(axis.size(), 16);
    EXPECT_EQ(axis.segments()[1].offset, 10);
    EXPECT_EQ(axis.segments()[3].offset, 11);
    EXPECT_EQ(axis.segments()[0].label(), "chr1");
    EXPECT_EQ(axis.segments()[3].label(), "chr3:3-7");
}

TEST(ConcatAxis, SegmentsAreWhatWasAppended)
{
    // Parts among whole contigs, one of them twice; a part that is empty.
    ConcatAxis axis;
    const std::vector<Segment> expected{{"chr1", 0, 10, 10, 0}, {"chr2", 3, 5, 8, 10}, {"chr1", 0, 9, 10, 12},
                                        {"chr2", 3, 5, 8, 21},  {"", 0, 4, 4, 23},     {"chr3", 7, 7, 7, 27}};
    for (const Segment& one : expected) axis.append(one.contig, one.start, one.end, one.contig_length);
    ASSERT_EQ(axis.segments().size(), expected.size());
    const auto facts = [](const Segment& s) {
        return std::tuple(s.contig, s.start, s.end, s.contig_length, s.offset);
    };
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(facts(axis.segments()[static_cast<Index>(i)]), facts(expected[i])) << i;
}

TEST(ConcatAxis, PiecesOfABoxOverBorders)
{
    const auto pieces = example().pieces({8, 13});
    ASSERT_EQ(pieces.size(), 3u);
    EXPECT_EQ(pieces[0].segment, 0);
    EXPECT_EQ(pieces[0].cells, (Box{8, 10}));
    EXPECT_EQ(pieces[0].start, 8);
    EXPECT_EQ(pieces[1].segment, 2);
    EXPECT_EQ(pieces[1].cells, (Box{10, 11}));
    EXPECT_EQ(pieces[2].segment, 3);
    EXPECT_EQ(pieces[2].start, 2);
    EXPECT_EQ(pieces[2].end(), 4);
    EXPECT_EQ(pieces[2].cell(3), 12);
}

TEST(ConcatAxis, EveryCellIsInExactlyOnePiece)
{
    const ConcatAxis axis = example();
    for (Index cell = 0; cell < axis.size(); ++cell) {
        const auto pieces = axis.pieces({cell, cell + 1});
        ASSERT_EQ(pieces.size(), 1u) << cell;
        EXPECT_EQ(pieces[0].cells, (Box{cell, cell + 1}));
    }
    EXPECT_TRUE(axis.pieces({5, 5}).empty());
    EXPECT_TRUE(ConcatAxis().pieces({0, 0}).empty());
}

TEST(ConcatAxis, Labels)
{
    EXPECT_EQ(example().label({0, 10}), "chr1:1-10");
    EXPECT_EQ(example().label({8, 13}), "chr1:9-chr3:4");
    EXPECT_EQ(example().label({3, 3}), "no positions");
}
