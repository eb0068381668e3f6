// SPDX-License-Identifier: MIT
#include "grid/array_domain.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(ArrayDomain, CellsAreAlongTheFirstAxis)
{
    const ArrayDomain domain({{.name = "z", .size = 3}, {.name = "y", .size = 4}, {.name = "x", .size = 5}});
    EXPECT_EQ(domain.size(), 3);
    EXPECT_EQ(domain.width(), 20);
    ASSERT_EQ(domain.axes().size(), 3U);
    EXPECT_EQ(domain.axes()[1].name, "y");
}

TEST(ArrayDomain, OfOneAxisHasCellsOfOneElement)
{
    const ArrayDomain domain({{.name = "position", .size = 9}});
    EXPECT_EQ(domain.size(), 9);
    EXPECT_EQ(domain.width(), 1);
}

TEST(ArrayDomain, OfNoAxisIsEmpty) { EXPECT_EQ(ArrayDomain().size(), 0); }

TEST(ArrayDomain, LabelsTellTheSlices)
{
    const ArrayDomain domain({{.name = "z_mm", .size = 30}, {.name = "y_mm", .size = 4}}, "slice");
    EXPECT_EQ(domain.unit(), "slice");
    EXPECT_EQ(domain.label({3, 4}), "slice 3");
    EXPECT_EQ(domain.label({3, 6}), "slices 3 to 5");
    EXPECT_EQ(domain.label({7, 7}), "slice 7");
}
