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

TEST(Bytes, ShortCopiesOfEverySize)
{
    for (std::size_t size = 0; size <= 40; ++size) {
        std::string from;
        for (std::size_t i = 0; i < size; ++i) from += static_cast<char>('A' + i);
        const std::vector<char> exact(from.begin(), from.end()); // no byte more can be read
        std::string to(size + 4, '.');
        const char* const end = copy_short(to.data() + 2, std::string_view(exact.data(), exact.size()));
        EXPECT_EQ(end, to.data() + 2 + size);
        EXPECT_EQ(to, ".." + from + "..");
    }
}
