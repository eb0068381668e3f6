// SPDX-License-Identifier: MIT
#include "sources/philox.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace swather {
namespace {

// From kat_vectors of Random123 1.14: philox4x32, 10 rounds, all words 0.
TEST(Philox, GivesTheWordsOfItsAuthors)
{
    std::vector<std::uint32_t> words(4);
    philox(0, 0, words);
    EXPECT_EQ(words, (std::vector<std::uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

/// One counter, as the paper writes it (Salmon et al. 2011, section 3.3).
std::vector<std::uint32_t> by_hand(std::uint64_t seed, std::uint64_t counter)
{
    std::vector<std::uint32_t> x{static_cast<std::uint32_t>(counter),
                                 static_cast<std::uint32_t>(counter >> 32), 0, 0};
    auto k0 = static_cast<std::uint32_t>(seed);
    auto k1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t p0 = std::uint64_t{x[0]} * 0xD2511F53;
        const std::uint64_t p1 = std::uint64_t{x[2]} * 0xCD9E8D57;
        x = {static_cast<std::uint32_t>(p1 >> 32) ^ x[1] ^ k0, static_cast<std::uint32_t>(p1),
             static_cast<std::uint32_t>(p0 >> 32) ^ x[3] ^ k1, static_cast<std::uint32_t>(p0)};
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return x;
}

TEST(Philox, TheReferenceOfTheseTestsIsThatOfItsAuthors)
{
    EXPECT_EQ(by_hand(0, 0), (std::vector<std::uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(Philox, CountersGoOnBeyond32Bits)
{
    const std::uint64_t seed = 0x0123456789abcdef;
    const std::uint64_t first = (std::uint64_t{1} << 32) - 7;
    std::vector<std::uint32_t> words(4 * 75);
    philox(seed, first, words);
    for (std::size_t i = 0; i < words.size(); ++i)
        ASSERT_EQ(words[i], by_hand(seed, first + i / 4)[i % 4]) << i;
}

TEST(Philox, RealsAreTheSameWhereverTheyBegin)
{
    const std::uint64_t seed = 42;
    std::vector<float> floats(700);
    std::vector<double> doubles(700);
    random_reals(seed, 0, floats);
    random_reals(seed, 0, doubles);
    for (std::size_t i = 0; i < floats.size(); ++i) {
        const auto words = by_hand(seed, i / 4);
        ASSERT_EQ(floats[i], static_cast<float>(words[i % 4] >> 8) / 16777216.0F) << i;
        const auto pair = by_hand(seed, i / 2);
        const std::uint64_t bits = pair[i % 2 * 2] | std::uint64_t{pair[i % 2 * 2 + 1]} << 32;
        ASSERT_EQ(doubles[i], static_cast<double>(bits >> 11) / 9007199254740992.0) << i;
    }
    for (const std::size_t first : {1, 2, 3, 129, 698})
        for (const std::size_t size : {0, 1, 2, 5, 300}) {
            const std::size_t count = std::min(size, floats.size() - first);
            std::vector<float> some(count);
            random_reals(seed, first, some);
            EXPECT_TRUE(
                std::equal(some.begin(), some.end(), floats.begin() + static_cast<std::ptrdiff_t>(first)));
            std::vector<double> reals(count);
            random_reals(seed, first, reals);
            EXPECT_TRUE(
                std::equal(reals.begin(), reals.end(), doubles.begin() + static_cast<std::ptrdiff_t>(first)));
        }
}

} // namespace
} // namespace swather
