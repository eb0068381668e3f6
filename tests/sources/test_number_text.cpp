// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/number_text.hpp"
#include "support/text_pieces.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace swather {
namespace {

template <class T>
std::vector<T> read_elements(std::string_view text, std::size_t piece, Element element)
{
    const TextPieces numbers = numbers_of(pieces_of(text, piece), "x.txt", element);
    std::vector<T> elements;
    for (auto part = numbers(); !part.empty(); part = numbers()) {
        elements.resize(elements.size() + part.size() / sizeof(T));
        std::memcpy(elements.data() + elements.size() - part.size() / sizeof(T), part.data(), part.size());
    }
    return elements;
}

TEST(NumberText, IsTheSameInPiecesOfAnySize)
{
    constexpr std::string_view text = "\xEF\xBB\xBF# x, y\n12 , -3.5\r\n\r4e2,nan # the last\n\n-inf,\t+7,\r";
    constexpr std::string_view sound = text.substr(0, text.size() - 2);
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        NumberType type;
        const TextShape shape = survey_numbers(pieces_of(sound, piece), "x.txt", type);
        EXPECT_EQ(shape.rows, 3);
        EXPECT_EQ(shape.columns, 2);
        EXPECT_EQ(type.element, Element::float64);
        const auto numbers = read_elements<double>(sound, piece, type.element);
        ASSERT_EQ(numbers.size(), 6);
        EXPECT_EQ(numbers[0], 12);
        EXPECT_EQ(numbers[1], -3.5);
        EXPECT_EQ(numbers[2], 400);
        EXPECT_TRUE(numbers[3] != numbers[3]);
        EXPECT_EQ(numbers[4], -std::numeric_limits<double>::infinity());
        EXPECT_EQ(numbers[5], 7);
        try {
            survey_numbers(pieces_of(text, piece), "x.txt", type);
            FAIL() << "the last field is empty";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Exit::bad_data);
            EXPECT_EQ(error.finding(), "'x.txt', line 6, column 3: the field is empty");
        }
    }
}

TEST(NumberText, ACommentMayBeOfAnyLength)
{
    const std::string text = "1 2 #" + std::string(200'000, 'x') + "\r\n3 4";
    for (const std::size_t piece : {1, 100, 65'536, 1'000'000}) {
        NumberType type;
        const TextShape shape = survey_numbers(pieces_of(text, piece), "x.txt", type);
        EXPECT_EQ(shape.rows, 2);
        EXPECT_EQ(shape.columns, 2);
        EXPECT_EQ(read_elements<std::int64_t>(text, piece, Element::int64),
                  (std::vector<std::int64_t>{1, 2, 3, 4}));
    }
}

TEST(NumberText, TheTypeIsTheFirstThatHoldsAllNumbersOfAllTexts)
{
    using enum Element;
    const auto type_of = [](const std::vector<std::string_view>& texts) {
        NumberType type;
        for (const std::string_view text : texts) survey_numbers(pieces_of(text, 100), "x.txt", type);
        return type.element;
    };
    EXPECT_EQ(type_of({"9223372036854775807", "-9223372036854775808"}), int64);
    EXPECT_EQ(type_of({"9223372036854775808", "1"}), uint64);
    EXPECT_EQ(type_of({"18446744073709551615"}), uint64);
    EXPECT_EQ(type_of({"-0", "9223372036854775808"}), float64);
    EXPECT_EQ(type_of({"9223372036854775808", "-1"}), float64);
    EXPECT_EQ(type_of({"18446744073709551616"}), float64);
    EXPECT_EQ(type_of({"-9223372036854775809"}), float64);
    EXPECT_EQ(type_of({"1", "1e0", "2"}), float64);
    // 2^53 + 1 is rounded to the even of its neighbours.
    EXPECT_EQ(read_elements<double>("9007199254740993", 100, float64),
              std::vector<double>{9007199254740992.0});
}

TEST(NumberText, AnErrorTellsItsPlace)
{
    struct Case {
        std::string text;
        std::string finding;
    };
    const std::string long_word(100, 'x');
    for (const auto& [text, finding] : {
             Case{"1 2\n3", "line 2 has 1 number, and each line above 2"},
             Case{"1\r2\r\rthree", "line 4, column 1: 'three' is no number"},
             Case{"1,2,\n", "line 1, column 3: the field is empty"},
             Case{"1,2\n,2\n", "line 2, column 1: the field is empty"},
             Case{"1, 2 3\n", "line 1: white space before number 3, and a comma between those above"},
             Case{"#\r\n\r\n1;2\n", "line 3, column 1: '1;2' is no number"},
             Case{"1\n" + long_word, "line 2, column 1: '" + long_word.substr(0, 40) + "…' is no number"},
         })
        for (const std::size_t piece : {1, 3, 1000}) {
            NumberType type;
            try {
                survey_numbers(pieces_of(text, piece), "x.txt", type);
                FAIL() << text;
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), Exit::bad_data);
                const std::string place = "'x.txt', " + finding;
                EXPECT_EQ(error.finding(), place);
            }
        }
}

TEST(NumberText, WhatPythonsFloatDoesNotTakeIsNoNumber)
{
    for (const std::string_view text :
         {"1_000", "0x10", "1e", "1e+", "+-1", "--1", "++1", ".", "-", "+", "e5", "-.e1", "1.2.3", "nan(1)",
          "-nan()", "infinit", "1.5f", "٣", "1\xA0"})
        for (const bool is_given : {false, true}) {
            NumberType type{.element = is_given ? Element::float64 : Element::int64, .is_given = is_given};
            EXPECT_THROW(survey_numbers(pieces_of(text, 100), "x.txt", type), Error) << text;
        }
    for (const std::string_view text :
         {"1.", ".5", "+.5e-3", "-1E+05", "-NaN", "+iNf", "-Infinity", "1e999", "-1e-999"}) {
        NumberType type;
        EXPECT_EQ(survey_numbers(pieces_of(text, 100), "x.txt", type).rows, 1) << text;
        EXPECT_EQ(read_elements<double>(text, 100, type.element).size(), 1) << text;
    }
}

TEST(NumberText, ATypeThatIsGivenHoldsAllNumbers)
{
    const auto is_taken = [](std::string_view text, Element element) {
        NumberType type{.element = element, .is_given = true};
        try {
            survey_numbers(pieces_of(text, 100), "x.txt", type);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Exit::bad_data);
            return false;
        }
        return type.element == element;
    };
    EXPECT_TRUE(is_taken("-128 127", Element::int8));
    EXPECT_FALSE(is_taken("128", Element::int8));
    EXPECT_TRUE(is_taken("0 +255", Element::uint8));
    EXPECT_FALSE(is_taken("-0", Element::uint8));
    EXPECT_TRUE(is_taken("18446744073709551615", Element::uint64));
    EXPECT_FALSE(is_taken("18446744073709551616", Element::uint64));
    EXPECT_FALSE(is_taken("1.0", Element::int64));
    EXPECT_TRUE(is_taken("1e39 nan 7", Element::float32)); // infinite, as numpy has it
    // 1 + 2^-24 lies in the middle of two float32.
    EXPECT_EQ(read_elements<float>("1.000000059604644775390625", 100, Element::float32),
              std::vector<float>{1.0F});
}

} // namespace
} // namespace swather
