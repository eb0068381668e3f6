// SPDX-License-Identifier: MIT
#include "sources/bam_place.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(BamPlace, ComesAsItWasSent)
{
    // The end of contig 3, all of contig 5, a stretch of contig 4 far out, its begin: cells 100–109, 110,
    // 111–130, 131.
    const Index far = Index{5} << 32;
    const BamPlace sent{
        .contigs = 7,
        .pieces = {{.piece = {.segment = 0, .cells = {100, 110}, .start = 90}, .contig = 3, .name = "c3"},
                   {.piece = {.segment = 2, .cells = {110, 111}, .start = 0}, .contig = 5, .name = "c5"},
                   {.piece = {.segment = 3, .cells = {111, 131}, .start = far}, .contig = 4, .name = "c4"},
                   {.piece = {.segment = 4, .cells = {131, 132}, .start = 0}, .contig = 4, .name = "c4"}},
        .ranges = {{.begin = 65'536, .end = 131'072, .contig = 3}},
        .regions = "packed"};
    const BamPlace got = BamPlace::unpack(sent.pack());
    EXPECT_EQ(got.contigs, 7);
    ASSERT_EQ(got.pieces.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(got.pieces[i].name, sent.pieces[i].name) << i;
        EXPECT_EQ(got.pieces[i].contig, sent.pieces[i].contig) << i;
        EXPECT_EQ(got.pieces[i].piece.segment, sent.pieces[i].piece.segment) << i;
        EXPECT_EQ(got.pieces[i].piece.cells, sent.pieces[i].piece.cells) << i;
        EXPECT_EQ(got.pieces[i].piece.start, sent.pieces[i].piece.start) << i;
    }
    ASSERT_EQ(got.ranges.size(), 1u);
    EXPECT_EQ(got.ranges[0].end, 131'072u);
    EXPECT_EQ(got.regions, "packed");
    EXPECT_TRUE(BamPlace::unpack(BamPlace{}.pack()).pieces.empty());
}
