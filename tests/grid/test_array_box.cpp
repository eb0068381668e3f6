// SPDX-License-Identifier: MIT
#include "grid/array_box.hpp"

#include <gtest/gtest.h>

namespace swather {
namespace {

using Sizes = std::vector<Index>;

TEST(TileShape, HasNeighboursFirst)
{
    const ArrayLayout c_order{.chunk = {1, 1, 1}, .order = {2, 1, 0}};
    EXPECT_EQ(tile_shape(Sizes{10, 20, 30}, c_order, 1000), (Sizes{1, 20, 30}));
    EXPECT_EQ(tile_shape(Sizes{10, 20, 30}, c_order, 100), (Sizes{1, 3, 30}));
    EXPECT_EQ(tile_shape(Sizes{10, 20, 30}, c_order, 7), (Sizes{1, 1, 7}));
    EXPECT_EQ(tile_shape(Sizes{10, 20, 30}, c_order, 100'000), (Sizes{10, 20, 30}));
    const ArrayLayout fortran{.chunk = {1, 1, 1}, .order = {0, 1, 2}};
    EXPECT_EQ(tile_shape(Sizes{10, 20, 30}, fortran, 100), (Sizes{10, 10, 1}));
}

TEST(TileShape, IsOfWholeChunks)
{
    const ArrayLayout chunked{.chunk = {4, 5, 6}, .order = {2, 1, 0}};
    EXPECT_EQ(tile_shape(Sizes{10, 20, 31}, chunked, 1), (Sizes{4, 5, 6}));
    EXPECT_EQ(tile_shape(Sizes{10, 20, 31}, chunked, 400), (Sizes{4, 5, 18}));
    EXPECT_EQ(tile_shape(Sizes{10, 20, 31}, chunked, 2000), (Sizes{4, 10, 31}));
}

TEST(ArrayTiles, CoverTheArrayOnce)
{
    const Sizes sizes{5, 7, 4};
    const ArrayTiles tiles(sizes, {2, 3, 4});
    EXPECT_EQ(tiles.size(), 3 * 3 * 1);
    EXPECT_EQ(tiles.elements(), 24);
    std::vector<int> seen(5 * 7 * 4);
    for (Index number = 0; number < tiles.size(); ++number) {
        const ArrayBox box = tiles.box(number);
        for (Index i = box[0].begin; i < box[0].end; ++i)
            for (Index j = box[1].begin; j < box[1].end; ++j)
                for (Index k = box[2].begin; k < box[2].end; ++k)
                    ++seen[static_cast<std::size_t>((i * 7 + j) * 4 + k)];
    }
    EXPECT_EQ(seen, std::vector<int>(5 * 7 * 4, 1));
    EXPECT_EQ(tiles.box(8), (ArrayBox{{4, 5}, {6, 7}, {0, 4}}));
}

TEST(ArrayTiles, InsideABoxAreThoseThatHaveElementsOfIt)
{
    const ArrayTiles tiles({5, 7, 4}, {2, 3, 4});
    EXPECT_EQ(tiles.inside({{0, 5}, {0, 7}, {0, 4}}), (Sizes{0, 1, 2, 3, 4, 5, 6, 7, 8}));
    EXPECT_EQ(tiles.inside({{2, 3}, {2, 4}, {1, 2}}), (Sizes{3, 4}));
}

TEST(ArrayBox, ElementsThatCannotBeCountedAreNone)
{
    constexpr Index large = Index{1} << 40;
    EXPECT_EQ(count_elements(Sizes{}), 1);
    EXPECT_EQ(count_elements(Sizes{large, 1 << 19}), Index{1} << 59);
    EXPECT_EQ(count_elements(Sizes{large, 1 << 20}), std::nullopt);
    EXPECT_EQ(count_elements(Sizes{large, large, 3}), std::nullopt);
    EXPECT_EQ(count_elements(Sizes{large, large, 0}), 0);
    EXPECT_EQ(count_elements(Sizes{2, -1}), std::nullopt); // of more than 2⁶³, which no Index holds
}

} // namespace
} // namespace swather
