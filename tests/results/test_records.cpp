// SPDX-License-Identifier: MIT
#include "results/records.hpp"

#include <gtest/gtest.h>

#include <limits>

using namespace swather;
using namespace std::string_view_literals;

namespace {

std::string varint(std::uint64_t number)
{
    std::string bytes;
    put_varint(bytes, number);
    return bytes;
}

template <class Take>
void expect_internal_error(Take&& take)
{
    try {
        take();
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::internal);
    }
}

} // namespace

TEST(Varint, StandsInSevenBitGroups)
{
    EXPECT_EQ(varint(0), "\0"sv);
    EXPECT_EQ(varint(127), "\x7f");
    EXPECT_EQ(varint(128), "\x80\x01");
    EXPECT_EQ(varint(300), "\xac\x02"); // 300 = 2·128 + 0x2c
    // Nine groups are bits 0 … 62; the tenth has bit 63 alone.
    EXPECT_EQ(varint(std::uint64_t{1} << 63), std::string(9, '\x80') + '\x01');
    EXPECT_EQ(varint(std::numeric_limits<std::uint64_t>::max()), std::string(9, '\xff') + '\x01');
}

TEST(Varint, IsTakenBackOffTheFront)
{
    std::vector<std::uint64_t> numbers{0, 127, 128, std::numeric_limits<std::uint64_t>::max()};
    for (int bit = 0; bit < 64; ++bit) {
        numbers.push_back(std::uint64_t{1} << bit);
        numbers.push_back((std::uint64_t{1} << bit) - 1);
    }
    std::string bytes;
    for (const auto number : numbers) put_varint(bytes, number);
    std::string_view rest = bytes;
    for (const auto number : numbers) EXPECT_EQ(take_varint(rest), number);
    EXPECT_TRUE(rest.empty());
}

TEST(Varint, WithoutItsEndIsAnError)
{
    const std::string whole = varint(std::numeric_limits<std::uint64_t>::max());
    for (std::size_t size = 0; size < whole.size(); ++size)
        expect_internal_error([&] {
            std::string_view torn = std::string_view(whole).substr(0, size);
            take_varint(torn);
        });
    expect_internal_error([] { // of more than 64 bits
        const std::string endless(20, '\x80');
        std::string_view rest = endless;
        take_varint(rest);
    });
}

TEST(Records, OfAllSizesComeBack)
{
    const std::vector<std::size_t> sizes{0, 1, 3, 4, 7, 8, 16, 17, 126, 127, 128, 129, 100'000};
    RecordWriter writer;
    std::string expected;
    std::vector<std::pair<std::string, std::string>> all;
    for (const std::size_t key : sizes)
        for (const std::size_t value : sizes) {
            auto& [k, v] = all.emplace_back(std::string(key, 'k'), std::string(value, '\0'));
            if (!k.empty()) k.back() = '\0';
            if (!v.empty()) v.back() = 'v';
            writer.append({k, v});
            expected += varint(key) + k + varint(value) + v;
        }
    ASSERT_TRUE(writer.records() == expected);
    std::string_view rest = writer.records();
    for (const auto& [key, value] : all) {
        const Record record = take_record(rest);
        EXPECT_TRUE(record.key == key && record.value == value) << key.size() << ", " << value.size();
    }
    EXPECT_TRUE(rest.empty());

    writer.clear();
    EXPECT_TRUE(writer.records().empty());
    writer.append({"key", "value"});
    EXPECT_EQ(std::move(writer).take(), "\3key\5value");
}

TEST(Records, ThatAreTornAreAnError)
{
    for (const std::size_t size : {2, 200}) {
        RecordWriter writer;
        writer.append({std::string(size, 'k'), std::string(size, 'v')});
        const std::string bytes = std::move(writer).take();
        for (std::size_t torn = 0; torn < bytes.size(); ++torn)
            expect_internal_error([&] {
                std::string_view rest = std::string_view(bytes).substr(0, torn);
                take_record(rest);
            });
    }
}
