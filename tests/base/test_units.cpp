// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/units.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(Units, SizesWithAndWithoutSuffix)
{
    EXPECT_EQ(parse_size("--n", "1", 1000), 1);
    EXPECT_EQ(parse_size("--n", "64", 1024), 64);
    EXPECT_EQ(parse_size("--n", "4K", 1000), 4000);
    EXPECT_EQ(parse_size("--n", "4k", 1024), 4096);
    EXPECT_EQ(parse_size("--n", "1.5M", 1000), 1'500'000);
    EXPECT_EQ(parse_size("--n", "2G", 1024), std::int64_t{2} << 30);
}

TEST(Units, WhatIsNoSize)
{
    for (const char* text :
         {"", "K", "0", "-1", "0.2", "1.5", "1X", "1KK", "ten", "nan", "inf", "1e30", " 1"}) {
        try {
            parse_size("--block-size", text, 1000);
            FAIL() << "'" << text << "' was taken for a size";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Exit::usage);
            EXPECT_NE(std::string(error.what()).find("--block-size"), std::string::npos);
        }
    }
}

TEST(Units, Durations)
{
    const std::vector<std::pair<const char*, double>> durations{
        {"90s", 90},     {"30m", 1800},     {"1h30m", 5400}, {"2d", 172'800},         {"1d2h3m4s", 93'784},
        {"30:00", 1800}, {"1:30:00", 5400}, {"0:07", 7},     {"1-12:00:00", 129'600}, {"2d5s", 172'805}};
    for (const auto& [text, seconds] : durations) EXPECT_EQ(parse_duration("--n", text), seconds) << text;
}

TEST(Units, WhatIsNoDuration)
{
    for (const char* text : {"", "90", "0s", "m", "-5m", "1.5h", "30m1h", "1h1h", "5 m", "1:2:3:4", "1-2",
                             ":30", "30:", "1-:00:00", "auto", "UNLIMITED", "99999999999s"})
        EXPECT_THROW(parse_duration("--time-limit", text), Error) << text;
}

TEST(Units, NumbersForPeople)
{
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(1000), "1,000");
    EXPECT_EQ(with_commas(-1234567), "-1,234,567");
    EXPECT_EQ(times_in_words(1), "once");
    EXPECT_EQ(times_in_words(2), "2 times");
    EXPECT_EQ(human_bytes(0), "0 B");
    EXPECT_EQ(human_bytes(1023), "1023 B");
    EXPECT_EQ(human_bytes(3.0 * 1024 * 1024), "3.0 MiB");
    EXPECT_EQ(human_seconds(0.25), "0.2 s");
    EXPECT_EQ(human_seconds(250), "4 min 10 s");
    EXPECT_EQ(human_seconds(7500), "2 h 05 min");
}
