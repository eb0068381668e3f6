// SPDX-License-Identifier: MIT
#include "base/natural_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace swather;

TEST(NaturalOrder, NumbersCountByTheirValue)
{
    const std::vector<std::string> ordered{"",
                                           "echo",
                                           "echo.nii",
                                           "echo1.nii",
                                           "echo2.nii",
                                           "echo10.nii",
                                           "echo010_b",
                                           "echo10c",
                                           "run-2/vol-9",
                                           "run-2/vol-10",
                                           "run-10/vol-1",
                                           "vol0001",
                                           "vol1_",
                                           "vol2",
                                           "vol002a",
                                           "vol99999999999999999998",
                                           "vol99999999999999999999",
                                           "vol100000000000000000000",
                                           "z\xc3\xa4"};
    for (std::size_t i = 0; i < ordered.size(); ++i)
        for (std::size_t j = 0; j < ordered.size(); ++j)
            EXPECT_EQ(naturally_before(ordered[i], ordered[j]), i < j) << ordered[i] << ", " << ordered[j];
}

TEST(NaturalOrder, IsOneOrderAlsoOfNamesThatDifferInZerosOnly)
{
    std::vector<std::string> names{"v1", "v01", "v001", "v1a", "v01a", "v0", "v00", "v"};
    std::sort(names.begin(), names.end(), naturally_before);
    EXPECT_EQ(names, (std::vector<std::string>{"v", "v0", "v00", "v001", "v01", "v1", "v01a", "v1a"}));
    do {
        std::vector<std::string> sorted = names;
        std::sort(sorted.begin(), sorted.end(), naturally_before);
        ASSERT_TRUE(std::is_sorted(sorted.begin(), sorted.end(), naturally_before));
        ASSERT_EQ(sorted.front(), "v");
    } while (std::next_permutation(names.begin(), names.begin() + 5));
}
