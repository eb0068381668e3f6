// SPDX-License-Identifier: MIT
#include "results/texts.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(Texts, KeepsEachTextOfAList)
{
    const Texts texts(std::vector<std::string>{"", "chr1", "", "chr2", ""});
    ASSERT_EQ(texts.size(), 5u);
    EXPECT_EQ(texts[0], "");
    EXPECT_EQ(texts[1], "chr1");
    EXPECT_EQ(texts[2], "");
    EXPECT_EQ(texts[3], "chr2");
    EXPECT_EQ(texts[4], "");
    EXPECT_EQ(texts.bytes(), "chr1chr2");
    EXPECT_EQ(texts.offsets(), (std::vector<Index>{0, 0, 4, 4, 8}));
    EXPECT_TRUE(Texts().empty());
}
