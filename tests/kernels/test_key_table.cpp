// SPDX-License-Identifier: MIT
#include "kernels/key_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

using namespace swather;

namespace {

using Keys = std::vector<std::string>;

/// Numbers all keys, and compares with a map; `sorted` with a stable sort. Returns the size of the table.
std::size_t check(const Keys& rows)
{
    KeyTable table;
    std::map<std::string, std::uint32_t> numbers; // the last that a key got
    Keys keys;                                    // of each number
    bool looks = true;
    for (const std::string& row : rows) {
        // What the table was given is gone when the next comes.
        const std::vector<char> passing(row.begin(), row.end());
        const std::uint32_t number = table.number_of({passing.data(), passing.size()});
        const auto known = numbers.find(row);
        if (known != numbers.end() && number == keys.size()) looks = false;
        if (looks && known != numbers.end()) {
            EXPECT_EQ(number, known->second);
        } else { // a new key, or it has stopped to look, and does not begin again
            EXPECT_EQ(number, keys.size());
            keys.push_back(row);
            numbers[row] = number;
        }
        if (testing::Test::HasFailure()) return 0;
    }
    EXPECT_EQ(table.size(), keys.size());

    std::vector<std::uint32_t> expected(keys.size());
    for (std::uint32_t i = 0; i < expected.size(); ++i) expected[i] = i;
    std::stable_sort(expected.begin(), expected.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
    SortedKeys sorted = table.sorted();
    EXPECT_EQ(sorted.size(), expected.size());
    for (std::size_t i = 0; i < sorted.size() && !testing::Test::HasFailure(); ++i) {
        const std::string& key = keys[expected[i]];
        EXPECT_EQ(sorted.number(i), expected[i]) << i;
        EXPECT_TRUE(sorted.key(i) == key) << i;
        const bool is_last = i + 1 == expected.size() || key != keys[expected[i + 1]];
        EXPECT_EQ(sorted.end_of_equal(i) == i + 1, is_last) << i;
    }
    return table.size();
}

std::size_t count_distinct(Keys keys)
{
    std::sort(keys.begin(), keys.end());
    return static_cast<std::size_t>(std::unique(keys.begin(), keys.end()) - keys.begin());
}

/// Few different bytes, so that keys share what they begin and end with.
std::string random_key(std::mt19937& random, std::size_t longest = 40)
{
    static constexpr char bytes[] = {'\0', 'a', '\xff', '\1'};
    std::string key(random() % (longest + 1), '\0');
    for (char& c : key) c = bytes[random() % sizeof bytes];
    return key;
}

/// Of each length up to 40: keys that differ only in one byte, which is zero in one of them.
Keys zeros_and_others()
{
    Keys keys;
    for (std::size_t size = 0; size <= 40; ++size) {
        keys.emplace_back(size, '\0');
        keys.emplace_back(size, 'a');
        for (std::size_t i = 0; i < size; ++i) {
            keys.push_back(std::string(size, '\0').replace(i, 1, "a"));
            keys.push_back(std::string(size, 'a').replace(i, 1, 1, '\0'));
        }
    }
    return keys;
}

} // namespace

TEST(KeyTable, WithoutKeysAndWithOne)
{
    EXPECT_EQ(check({}), 0u);
    EXPECT_EQ(check({""}), 1u);
    EXPECT_EQ(check({"", ""}), 1u);
    EXPECT_EQ(check({"x", "x", "x"}), 1u);
}

TEST(KeyTable, LengthAndZeroBytesTellKeysApart)
{
    const Keys keys{
        "", std::string(1, '\0'), "a", std::string("a\0", 2), std::string("\0a", 2), std::string(2, '\0')};
    Keys twice = keys;
    twice.insert(twice.end(), keys.rbegin(), keys.rend());
    EXPECT_EQ(check(twice), 6u);

    const Keys all = zeros_and_others();
    twice = all;
    twice.insert(twice.end(), all.rbegin(), all.rend());
    EXPECT_EQ(check(twice), count_distinct(all));
}

TEST(KeyTable, FewKeysOfManyRowsKeepTheirNumbers)
{
    std::mt19937 random(1);
    for (const std::size_t different : {1, 7, 300, 5000}) {
        Keys pool;
        for (std::size_t i = 0; i < different; ++i) pool.push_back(random_key(random));
        Keys rows;
        for (int i = 0; i < 60'000; ++i) rows.push_back(pool[random() % pool.size()]);
        EXPECT_EQ(check(rows), count_distinct(rows));
    }
}

TEST(KeyTable, ManyKeysOfWhichEachComesAgain)
{
    // 30,000 different keys, each as many times as lets the table go on looking, and grow.
    std::mt19937 random(2);
    Keys pool;
    for (int i = 0; i < 30'000; ++i) pool.push_back(random_key(random));
    Keys rows;
    for (const std::string& key : pool) rows.insert(rows.end(), 3, key);
    EXPECT_EQ(check(rows), count_distinct(rows));
}

TEST(KeyTable, StopsToLookWhereMostAreNew)
{
    std::mt19937 random(3);
    for (const std::string prefix : {"", "all of them begin like this"}) {
        Keys rows;
        for (int i = 0; i < 70'000; ++i) rows.push_back(prefix + random_key(random));
        const std::size_t different = count_distinct(rows);
        ASSERT_GT(different, 40'000u);
        EXPECT_GT(check(rows), different); // some have two numbers
    }
}

TEST(KeyTable, SortsWhatSharesLongPrefixes)
{
    std::mt19937 random(4);
    for (std::size_t shared = 0; shared <= 24; ++shared) {
        Keys rows;
        for (int i = 0; i < 500; ++i) rows.push_back(std::string(shared, 'p') + random_key(random, 12));
        check(rows);
        for (std::string& row : rows) row += "and the same end";
        check(rows);
        rows.insert(rows.begin() + 250, ""); // nothing is shared any more
        check(rows);
    }
}
