// SPDX-License-Identifier: MIT
#include "sources/csv_state.hpp"
#include "support/csv_reference.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace swather;

namespace {

constexpr CsvState start = CsvState::field_start;
constexpr CsvState unquoted = CsvState::unquoted;
constexpr CsvState quoted = CsvState::quoted;
constexpr CsvState closed = CsvState::quote_in_quoted;

std::array<CsvState, 4> map_of(std::string_view bytes, char delimiter = ',')
{
    return state_map(bytes, delimiter).to;
}

} // namespace

TEST(CsvState, MapsOfAFewBytes)
{
    using Map = std::array<CsvState, 4>;
    // Behind what is a field start, unquoted, quoted, a quote in a quoted field:
    EXPECT_EQ(map_of(""), (Map{start, unquoted, quoted, closed}));
    EXPECT_EQ(map_of("a"), (Map{unquoted, unquoted, quoted, unquoted}));
    EXPECT_EQ(map_of(","), (Map{start, start, quoted, start}));
    EXPECT_EQ(map_of("\n"), (Map{start, start, quoted, start}));
    EXPECT_EQ(map_of("\r"), (Map{start, start, quoted, start}));
    EXPECT_EQ(map_of(";"), (Map{unquoted, unquoted, quoted, unquoted}));
    EXPECT_EQ(map_of(";", ';'), (Map{start, start, quoted, start}));
    EXPECT_EQ(map_of("\""), (Map{quoted, unquoted, closed, quoted}));
    EXPECT_EQ(map_of("\"\""), (Map{closed, unquoted, quoted, closed}));
    EXPECT_EQ(map_of("\"a"), (Map{quoted, unquoted, unquoted, quoted}));
    EXPECT_EQ(map_of(",\""), (Map{quoted, quoted, closed, quoted}));
    // The quote that closes a field is in the middle of a row to whom it is the first one.
    EXPECT_EQ(map_of("a\",b\n"), (Map{start, start, start, start}));
}

TEST(CsvState, MapsCompose)
{
    const std::string_view bytes = "a,\"b\"\"\r\n,\",c\"\n\"\"";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
        EXPECT_EQ(state_map(bytes.substr(0, cut), ',').then(state_map(bytes.substr(cut), ',')),
                  state_map(bytes, ','))
            << cut;
}

TEST(CsvState, RandomBytesAsTheReference)
{
    std::mt19937 random(1);
    for (int round = 0; round < 20'000; ++round) {
        // Many quotes, or few: long stretches without one take another path.
        const std::string_view alphabet = round % 2 == 0 ? "\"\"\",\n a" : "abcdefghijklmnopqrs,\n\r\"";
        const char delimiter = std::array{',', 'a', '\0', '\t'}[static_cast<std::size_t>(round) % 4];
        std::string bytes(random() % (round % 10 == 0 ? 1000 : 150), '\0');
        for (char& byte : bytes) byte = random() % 64 < 63 ? alphabet[random() % alphabet.size()] : '\0';
        if (random() % 4 == 0) std::replace(bytes.begin(), bytes.end() - (bytes.size() / 4), '"', 'x');
        ASSERT_EQ(state_map(bytes, delimiter), csv_reference::map_of(bytes, delimiter))
            << testing::PrintToString(bytes);
    }
}

TEST(CsvState, GuessIsRightOutsideQuotes)
{
    EXPECT_EQ(guess_state('\n', ','), start);
    EXPECT_EQ(guess_state('\r', ','), start);
    EXPECT_EQ(guess_state(',', ','), start);
    EXPECT_EQ(guess_state(',', ';'), unquoted);
    EXPECT_EQ(guess_state('a', ','), unquoted);
    EXPECT_EQ(guess_state('"', ','), closed);
}
