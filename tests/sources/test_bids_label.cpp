// SPDX-License-Identifier: MIT
#include "sources/bids_label.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(BidsLabel, IsOfLettersAndDigits)
{
    EXPECT_EQ(bids_label("A - B"), "AMinusB");
    EXPECT_EQ(bids_label("A-B"), "AMinusB");
    EXPECT_EQ(bids_label("-A + 2*B"), "MinusAPlus2B");
    EXPECT_EQ(bids_label("go > stop_signal"), "goGtStopSignal");
    EXPECT_EQ(bids_label("a<b"), "aLtB");
    EXPECT_EQ(bids_label("1 -1 0"), "1Minus10");
    EXPECT_EQ(bids_label("any: A, B"), "anyAB");
    EXPECT_EQ(bids_label("../etc/passwd"), "etcPasswd");
    EXPECT_EQ(bids_label("it's \"x\""), "itSX");
    EXPECT_EQ(bids_label("mean"), "mean");
}

TEST(BidsLabel, LacksLettersThatAsciiLacks)
{
    EXPECT_EQ(bids_label("größe"), "gre");
    EXPECT_EQ(bids_label("愛 big"), "big");
    EXPECT_EQ(bids_label("愛"), "unnamed");
    EXPECT_EQ(bids_label(""), "unnamed");
    EXPECT_EQ(bids_label("(/)"), "unnamed");
}

TEST(BidsLabel, FitsIntoTheNameOfAFile)
{
    EXPECT_EQ(bids_label(std::string(300, 'x')), std::string(100, 'x'));
}
