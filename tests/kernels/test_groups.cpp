// SPDX-License-Identifier: MIT
#include "kernels/group_key.hpp"
#include "kernels/group_value.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

using namespace swather;
using namespace std::string_literals;

namespace {

using Fields = std::vector<std::string>;

std::string key_of(const Fields& fields)
{
    const std::vector<std::string_view> views(fields.begin(), fields.end());
    std::string key = "of the row before";
    make_key(views, key);
    return key;
}

NumberSum sum_of(const std::vector<std::string>& texts)
{
    NumberSum sum;
    for (const std::string& text : texts) sum.add(parse_number(text));
    return sum;
}

Extremes extremes_of(const std::vector<std::string>& texts)
{
    Extremes extremes;
    for (const std::string& text : texts) {
        const Number number = parse_number(text);
        extremes.add(text, number.kind == Number::Kind::none ? nullptr : &number);
    }
    return extremes;
}

void expect_equal(const Extremes& a, const Extremes& b)
{
    EXPECT_EQ(a.texts, b.texts);
    EXPECT_EQ(a.numbers, b.numbers);
    EXPECT_EQ(a.first, b.first);
    EXPECT_EQ(a.last, b.last);
    EXPECT_EQ(a.least.kind, b.least.kind);
    EXPECT_EQ(a.least.integer, b.least.integer);
    EXPECT_EQ(a.least.real, b.least.real);
    EXPECT_EQ(a.most.kind, b.most.kind);
    EXPECT_EQ(a.most.integer, b.most.integer);
    EXPECT_EQ(a.most.real, b.most.real);
}

GroupValue value_of(std::uint64_t count, const std::vector<std::string>& texts)
{
    GroupValue value;
    value.count = count;
    value.sums = {sum_of({"1", "2.5"}), sum_of({"7"})};
    value.extremes = {extremes_of(texts), Extremes{}};
    value.members = {count / 2, 0, std::uint64_t{1} << 40};
    return value;
}

} // namespace

TEST(GroupKey, OfOneFieldIsThatField)
{
    EXPECT_EQ(key_of({"a\0b"s}), "a\0b"s);
    EXPECT_EQ(key_of({""}), "");
}

TEST(GroupKey, EscapesZeros)
{
    EXPECT_EQ(key_of({"a", "b"}), "a\0\0b"s);
    EXPECT_EQ(key_of({"", "", ""}), "\0\0\0\0"s);
    EXPECT_EQ(key_of({"a\0"s, "\0b"s}), "a\0\1\0\0\0b"s); // the last stays as it is
}

TEST(GroupKey, SortsAsItsFieldsDoAndGivesThemBack)
{
    static constexpr char bytes[] = {'\0', '\1', 'a', '\xff'};
    std::mt19937 random(1);
    for (std::size_t count = 1; count <= 4; ++count) {
        std::vector<Fields> all;
        for (int i = 0; i < 600; ++i) {
            Fields& fields = all.emplace_back(count);
            for (std::string& field : fields) {
                field.resize(random() % 4);
                for (char& c : field) c = bytes[random() % sizeof bytes];
            }
        }
        std::vector<std::string> keys;
        for (const Fields& fields : all) keys.push_back(key_of(fields));
        for (std::size_t a = 0; a < all.size(); ++a) {
            ASSERT_EQ(fields_of(keys[a], count), all[a]);
            for (std::size_t b = 0; b < all.size(); ++b) {
                ASSERT_EQ(keys[a] < keys[b], all[a] < all[b]);
                ASSERT_EQ(keys[a] == keys[b], all[a] == all[b]);
            }
        }
    }
}

TEST(NumberSum, OfRealsIsCompensated)
{
    // 1e16 + 1 is 1e16 as a double.
    EXPECT_EQ(sum_of({"1e16", "1.0", "-1e16"}).total(), 1);
    EXPECT_EQ(sum_of({"1.0", "1e16", "1.0", "-1e16"}).total(), 2);

    NumberSum merged = sum_of({"1e16"});
    merged.merge(sum_of({"1.0"}));
    merged.merge(sum_of({"-1e16"}));
    EXPECT_EQ(merged.total(), 1);
    merged = sum_of({"1e16", "1.0"}); // each of the two has lost 1
    merged.merge(sum_of({"-1e16", "1.0"}));
    EXPECT_EQ(merged.total(), 2);
    EXPECT_EQ(merged.numbers, 4);
}

TEST(NumberSum, OfIntegersIsExact)
{
    const std::string most = std::to_string(std::numeric_limits<std::int64_t>::max());
    NumberSum sum = sum_of({most, most, "1"});
    EXPECT_TRUE(sum.integers == (Int128{1} << 64) - 1); // 2·(2^63 - 1) + 1
    sum.merge(sum_of({"-" + most, "-" + most}));
    EXPECT_TRUE(sum.integers == 1);
    EXPECT_EQ(sum.numbers, 5);
    EXPECT_EQ(sum.reals, 0);
    sum.merge(sum_of({"0.5"}));
    EXPECT_EQ(sum.total(), 1.5);
    EXPECT_EQ(NumberSum{}.total(), 0);
}

TEST(Extremes, AsNumbersAndAsText)
{
    const Extremes extremes = extremes_of({"9", "b", "10", "-2.5"});
    EXPECT_EQ(extremes.texts, 4);
    EXPECT_EQ(extremes.numbers, 3);
    EXPECT_EQ(extremes.least.real, -2.5);
    EXPECT_EQ(extremes.most.integer, 10);
    EXPECT_EQ(extremes.first, "-2.5"); // '-' < '1' < '9' < 'b'
    EXPECT_EQ(extremes.last, "b");
}

TEST(Extremes, MergeInAnyCut)
{
    const std::vector<std::string> texts{"b", "", "10", "9", "\xff\xfe", "-3", "9.5", "a"};
    const Extremes all = extremes_of(texts);
    for (std::size_t cut = 0; cut <= texts.size(); ++cut) {
        const auto middle = texts.begin() + static_cast<std::ptrdiff_t>(cut);
        Extremes merged = extremes_of({texts.begin(), middle});
        merged.merge(extremes_of({middle, texts.end()}));
        expect_equal(merged, all);
    }
}

TEST(GroupValue, ComesBackAsItWasEncoded)
{
    const std::string longer(1000, 'z');
    for (const auto& texts :
         {std::vector<std::string>{}, std::vector<std::string>{""},
          std::vector<std::string>{"5", "\0x\0"s, "-1e300", longer, "99999999999999999999"}}) {
        GroupValue value = value_of(std::numeric_limits<std::uint64_t>::max(), texts);
        value.sums[0] = sum_of({"-5", "1e16", "1.0", "0.1"});
        std::string bytes;
        encode(value, bytes);
        const GroupValue layout = value_of(0, {});
        const GroupValue back = decode(bytes, layout);
        EXPECT_EQ(back.count, value.count);
        EXPECT_EQ(back.members, value.members);
        ASSERT_EQ(back.sums.size(), value.sums.size());
        for (std::size_t i = 0; i < back.sums.size(); ++i) {
            EXPECT_EQ(back.sums[i].numbers, value.sums[i].numbers);
            EXPECT_TRUE(back.sums[i].integers == value.sums[i].integers);
            EXPECT_EQ(back.sums[i].reals, value.sums[i].reals);
            EXPECT_EQ(back.sums[i].lost, value.sums[i].lost);
        }
        ASSERT_EQ(back.extremes.size(), value.extremes.size());
        for (std::size_t i = 0; i < back.extremes.size(); ++i)
            expect_equal(back.extremes[i], value.extremes[i]);
        for (std::size_t size = 0; size < bytes.size(); ++size)
            EXPECT_THROW(decode(std::string_view(bytes).substr(0, size), layout), Error) << size;
    }
}

TEST(GroupValue, OfACountAloneIsOneByte)
{
    GroupValue value;
    value.count = 5;
    std::string bytes = "before";
    encode(value, bytes);
    EXPECT_EQ(bytes, "before\5");
}

TEST(GroupValue, MergesAllItsParts)
{
    GroupValue value = value_of(10, {"3", "x"});
    value.merge(value_of(4, {"-1"}));
    EXPECT_EQ(value.count, 14u);
    EXPECT_EQ(value.sums[0].total(), 7);  // 2·(1 + 2.5)
    EXPECT_EQ(value.sums[1].total(), 14); // 2·7
    EXPECT_EQ(value.sums[1].numbers, 2);
    EXPECT_EQ(value.members, (std::vector<std::uint64_t>{7, 0, std::uint64_t{1} << 41})); // 5 + 2
    expect_equal(value.extremes[0], extremes_of({"3", "x", "-1"}));
    expect_equal(value.extremes[1], Extremes{});
}
