// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/region_catalog.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// "start-end:line" of each region on a piece, with its cells where they are not all, its name, and ">" where
/// it does not begin on it.
std::vector<std::string> regions_on(const RegionCatalog& catalog, const ConcatAxis& axis, Box block,
                                    Index window = 0)
{
    std::vector<BamPiece> pieces;
    for (const Piece& piece : axis.pieces(block))
        pieces.push_back({.piece = piece, .name = "s" + std::to_string(piece.segment)});
    std::vector<std::string> found;
    const NextRegion next = regions_of(catalog.pack(pieces, axis), pieces, window);
    while (const auto region = next()) {
        std::string text = region->begins ? "" : ">";
        text += fmt::format("{} {}-{}:{}", region->contig, region->start, region->end, region->line);
        if (!region->is_whole()) text += fmt::format(" [{}, {})", region->cells.begin, region->cells.end);
        if (!region->name.empty()) text += fmt::format(" {}", region->name);
        found.push_back(text);
    }
    return found;
}

using Found = std::vector<std::string>;

/// Segments of 100 and 50 positions; the second begins at position 1000 of its contig.
ConcatAxis two_segments()
{
    ConcatAxis axis;
    axis.append("a", 0, 100, 100);
    axis.append("b", 1000, 1050, 2000);
    return axis;
}

} // namespace

TEST(RegionCatalog, FindsTheRegionsOfABlock)
{
    const ConcatAxis axis = two_segments();
    Bed bed{.path = "x.bed",
            .regions = {{0, 0, 100, 1},
                        {0, 5, 8, 2},
                        {0, 40, 60, 3},
                        {0, 50, 50, 6},
                        {0, 100, 100, 4},
                        {1, 1000, 1050, 5},
                        {1, 1049, 1050, 7}},
            .names = {}};
    for (const char* name : {"all", "", "mid"}) bed.names.push_back(name);
    const RegionCatalog catalog(std::move(bed), axis);
    EXPECT_EQ(catalog.size(axis), 7);
    EXPECT_EQ(regions_on(catalog, axis, {0, 50}),
              (Found{"s0 0-100:1 [0, 50) all", "s0 5-8:2", "s0 40-60:3 [40, 50) mid"}));
    // The long first one reaches over the two behind it; the name is where it begins.
    EXPECT_EQ(regions_on(catalog, axis, {50, 60}),
              (Found{">s0 0-100:1 [50, 60)", ">s0 40-60:3 [50, 60)", "s0 50-50:6"}));
    EXPECT_EQ(regions_on(catalog, axis, {60, 99}), (Found{">s0 0-100:1 [60, 99)"}));
    // One without a position at the end is on the last position, and on no other.
    EXPECT_EQ(regions_on(catalog, axis, {99, 101}),
              (Found{">s0 0-100:1 [99, 100)", "s0 100-100:4", "s1 1000-1050:5 [100, 101)"}));
    EXPECT_EQ(regions_on(catalog, axis, {149, 150}), (Found{">s1 1000-1050:5 [149, 150)", "s1 1049-1050:7"}));
}

TEST(RegionCatalog, WindowsBeginWithTheSegment)
{
    const ConcatAxis axis = two_segments();
    const RegionCatalog catalog(40);
    EXPECT_EQ(catalog.size(axis), 5);
    EXPECT_EQ(regions_on(catalog, axis, {0, 50}, 40), (Found{"s0 0-40:0", "s0 40-80:0 [40, 50)"}));
    EXPECT_EQ(regions_on(catalog, axis, {80, 120}, 40), (Found{"s0 80-100:0", "s1 1000-1040:0 [100, 120)"}));
    EXPECT_EQ(regions_on(catalog, axis, {139, 150}, 40),
              (Found{">s1 1000-1040:0 [139, 140)", "s1 1040-1050:0"}));
    EXPECT_EQ(regions_on(RegionCatalog(), axis, {0, 150}), Found{});
}

TEST(RegionCatalog, UnitesWhatTouches)
{
    Bed bed{.path = "x.bed",
            .regions =
                {{0, 5, 9, 4}, {0, 5, 30, 1}, {0, 9, 12, 2}, {0, 30, 31, 3}, {0, 32, 40, 7}, {2, 32, 40, 5}},
            .names = {}};
    const auto intervals = unite(bed);
    std::vector<std::array<int, 3>> found;
    for (const BedRegion& one : intervals) found.push_back({one.place, one.start, one.end});
    EXPECT_EQ(found, (std::vector<std::array<int, 3>>{{0, 5, 31}, {0, 32, 40}, {2, 32, 40}}));
    std::vector<int> places;
    for (const BedRegion& region : bed.regions) places.push_back(region.place);
    EXPECT_EQ(places, (std::vector<int>{0, 0, 0, 0, 1, 2}));

    Bed alone{.path = "x.bed", .regions = {{0, 5, 9, 1}, {0, 10, 10, 2}, {0, 20, 30, 3}}, .names = {}};
    EXPECT_THROW(unite(alone), Error);
    alone.regions[1] = {0, 9, 9, 2};
    EXPECT_EQ(unite(alone).size(), 2U);
}

TEST(RegionCatalog, KeepsWhatLiesOnASegment)
{
    const ConcatAxis axis = two_segments();
    const std::vector<std::int32_t> contigs{0, 3};
    Bed bed{.path = "x.bed",
            .regions = {{0, 5, 9, 1}, {1, 5, 9, 2}, {3, 0, 1000, 3}, {3, 1000, 1050, 4}, {3, 1050, 1060, 5}},
            .names = {}};
    keep_inside(bed, axis, contigs);
    ASSERT_EQ(bed.regions.size(), 2U);
    EXPECT_EQ(bed.regions[1].place, 1);
    Bed in_part{.path = "x.bed", .regions = {{3, 1049, 1051, 1}}, .names = {}};
    EXPECT_THROW(keep_inside(in_part, axis, contigs), Error);
}

TEST(RegionCatalog, HasTheHashOfItsRegions)
{
    const auto catalog_of = [](const ConcatAxis& axis, std::vector<BedRegion> regions,
                               const char* name = "x") {
        Bed bed{.path = "x.bed", .regions = std::move(regions), .names = {}};
        bed.names.push_back(name);
        return RegionCatalog(std::move(bed), axis).hash(axis);
    };
    const ConcatAxis axis = two_segments();
    ConcatAxis other; // with one more contig in front
    other.append("c", 0, 7, 7);
    other.append("a", 0, 100, 100);
    const std::uint64_t hash = catalog_of(axis, {{0, 5, 8, 1}});
    EXPECT_EQ(catalog_of(other, {{1, 5, 8, 1}}), hash);
    EXPECT_EQ(catalog_of(axis, {{0, 5, 8, 2}}, ""),
              catalog_of(axis, {{0, 5, 8, 3}}, "")); // lines do not tell
    EXPECT_NE(catalog_of(axis, {{0, 5, 8, 1}}, "y"), hash);
    EXPECT_NE(catalog_of(axis, {{0, 5, 9, 1}}), hash);
    EXPECT_NE(catalog_of(axis, {{0, 4, 8, 1}}), hash);
    EXPECT_NE(catalog_of(axis, {{1, 1005, 1008, 1}}), hash);
    EXPECT_NE(catalog_of(axis, {{0, 5, 8, 1}, {0, 5, 8, 2}}), hash);
    EXPECT_EQ(RegionCatalog(10).hash(axis), RegionCatalog(10).hash(two_segments()));
    EXPECT_NE(RegionCatalog(10).hash(axis), RegionCatalog(11).hash(axis));
    EXPECT_NE(RegionCatalog(10).hash(axis), RegionCatalog(10).hash(other));
}
