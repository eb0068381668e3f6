// SPDX-License-Identifier: MIT
#include "base/bytes.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(Bytes, ReadBackInOrder)
{
    Bytes bytes;
    put(bytes, std::int32_t{-5});
    put(bytes, std::string_view("chr1"));
    put(bytes, std::span<const double>());
    const std::vector<double> values{1.5, 2.5};
    put(bytes, std::span<const double>(values));

    BytesReader reader(bytes);
    EXPECT_EQ(reader.get<std::int32_t>(), -5);
    EXPECT_EQ(reader.get_string(), "chr1");
    EXPECT_TRUE(reader.get_vector<double>().empty());
    EXPECT_FALSE(reader.at_end());
    EXPECT_EQ(reader.get_vector<double>(), values);
    EXPECT_TRUE(reader.at_end());
}

TEST(Bytes, TooFewAreAnError)
{
    Bytes bytes;
    put(bytes, std::uint64_t{1} << 60); // a count that no message can hold
    EXPECT_THROW(BytesReader(bytes).get_vector<double>(), Error);
    EXPECT_THROW(BytesReader(Bytes(3)).get<std::int32_t>(), Error);
}
