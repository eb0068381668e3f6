// SPDX-License-Identifier: MIT
#include "base/utf8.hpp"

#include <gtest/gtest.h>

using namespace swather;
using namespace std::string_view_literals;

TEST(Utf8, TakesTheFirstAndLastCharacterOfEachLength)
{
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("\0"sv)); // U+0000
    EXPECT_TRUE(is_utf8("plain\x7f"));
    EXPECT_TRUE(is_utf8("\xc2\x80"));         // U+0080
    EXPECT_TRUE(is_utf8("\xdf\xbf"));         // U+07FF
    EXPECT_TRUE(is_utf8("\xe0\xa0\x80"));     // U+0800
    EXPECT_TRUE(is_utf8("\xef\xbf\xbf"));     // U+FFFF
    EXPECT_TRUE(is_utf8("\xf0\x90\x80\x80")); // U+10000
    EXPECT_TRUE(is_utf8("\xf4\x8f\xbf\xbf")); // U+10FFFF
    EXPECT_TRUE(is_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\xa7\xac!"));
}

TEST(Utf8, OverlongFormsAreNone)
{
    EXPECT_FALSE(is_utf8("\xc0\x80"));         // U+0000 in two
    EXPECT_FALSE(is_utf8("\xc1\xbf"));         // U+007F in two
    EXPECT_FALSE(is_utf8("\xe0\x80\x80"));     // U+0000 in three
    EXPECT_FALSE(is_utf8("\xe0\x9f\xbf"));     // U+07FF in three
    EXPECT_FALSE(is_utf8("\xf0\x80\x80\x80")); // U+0000 in four
    EXPECT_FALSE(is_utf8("\xf0\x8f\xbf\xbf")); // U+FFFF in four
}

TEST(Utf8, SurrogatesAreNone)
{
    EXPECT_TRUE(is_utf8("\xed\x9f\xbf"));  // U+D7FF, the last before them
    EXPECT_FALSE(is_utf8("\xed\xa0\x80")); // U+D800
    EXPECT_FALSE(is_utf8("\xed\xbf\xbf")); // U+DFFF
    EXPECT_TRUE(is_utf8("\xee\x80\x80"));  // U+E000, the first behind them
}

TEST(Utf8, NothingIsBeyondTheLastCharacter)
{
    EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80")); // U+110000
    EXPECT_FALSE(is_utf8("\xf5\x80\x80\x80"));
    EXPECT_FALSE(is_utf8("\xf8\x88\x80\x80\x80")); // what once had five bytes
    EXPECT_FALSE(is_utf8("\xfe"));
    EXPECT_FALSE(is_utf8("\xff"));
}

TEST(Utf8, TornCharactersAreNone)
{
    for (const std::string_view whole : {"\xc3\xa4"sv, "\xe2\x82\xac"sv, "\xf0\x9f\xa7\xac"sv})
        for (std::size_t size = 1; size < whole.size(); ++size) {
            const std::string torn(whole.substr(0, size));
            EXPECT_FALSE(is_utf8(torn)) << "at the end, " << size;
            EXPECT_FALSE(is_utf8(torn + "a")) << "before a letter, " << size;
            EXPECT_FALSE(is_utf8(torn + "\xc3\xa4")) << "before another character, " << size;
            EXPECT_FALSE(is_utf8(whole.substr(size))) << "without its begin, " << size;
        }
    EXPECT_FALSE(is_utf8("\xc3\xa4\x80")); // one continuation too many
}
