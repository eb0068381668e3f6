// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/flags.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(Flags, AsSamtoolsTakesThem)
{
    EXPECT_EQ(parse_flags("-G", ""), 0);
    EXPECT_EQ(parse_flags("-G", "1796"), 1796);
    EXPECT_EQ(parse_flags("-G", "0x704"), 0x704);
    EXPECT_EQ(parse_flags("-G", "DUP,QCFAIL"), 0x600);
    for (const char* text : {"DUPE", "70000", "-1", "4;8", "0x7zz"})
        EXPECT_THROW(parse_flags("-G", text), Error) << text;
}
