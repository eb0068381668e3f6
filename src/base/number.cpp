// SPDX-License-Identifier: MIT
#include "base/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace swather {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// What nearly all integers are: so few digits that they need no check for overflow.
std::optional<std::int64_t> short_integer(std::string_view digits)
{
    if (digits.empty() || digits.size() > std::numeric_limits<std::int64_t>::digits10) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : digits) {
        if (!is_digit(c)) return std::nullopt;
        value = 10 * value + (c - '0');
    }
    return value;
}

Number integer(std::int64_t value)
{
    return {.kind = Number::Kind::integer, .integer = value, .real = static_cast<double>(value)};
}

/// Of a decimal without sign that no double can hold, whether it is too small, not too large: where its first
/// digit stands tells, moved by its exponent.
bool is_too_small(std::string_view decimal)
{
    const std::size_t e = std::min(decimal.find_first_of("eE"), decimal.size());
    const std::size_t point = std::min(decimal.find('.'), e);
    const auto places =
        static_cast<std::int64_t>(point) - static_cast<std::int64_t>(decimal.find_first_of("123456789"));
    std::string_view exponent = decimal.substr(std::min(e + 1, decimal.size()));
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    std::int32_t power = 0;
    const auto result = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
    return result.ec == std::errc::result_out_of_range ? exponent.front() == '-' : power + places < 0;
}

/// `text` is `digits` with its minus, if there is one.
Number real(std::string_view text, std::string_view digits)
{
    const char* const end = text.data() + text.size();
    double value = 0;
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec == std::errc::invalid_argument || result.ptr != end) return {};
    if (result.ec == std::errc{}) return {.kind = Number::Kind::real, .real = value};
    if (is_too_small(digits)) return {.kind = Number::Kind::real, .real = 0};
    const double infinity = std::numeric_limits<double>::infinity();
    return {.kind = Number::Kind::out_of_range, .real = text == digits ? infinity : -infinity};
}

/// Rounded to a double, an integer might become equal to one that it is not.
std::partial_ordering order(std::int64_t integer, double real)
{
    if (real >= 0x1p63) return std::partial_ordering::less;
    if (real < -0x1p63) return std::partial_ordering::greater;
    const auto whole = static_cast<std::int64_t>(real);
    if (integer != whole) return integer <=> whole;
    return 0.0 <=> real - static_cast<double>(whole);
}

} // namespace

std::string_view without_blanks(std::string_view text)
{
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

Number parse_number_or_infinity(std::string_view text)
{
    const Number number = parse_number(text);
    if (number.kind != Number::Kind::none) return number;
    text = without_blanks(text);
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    const auto is = [&](std::string_view word) {
        return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                          [](char c, char small) { return (c | 0x20) == small; });
    };
    if (!is("inf") && !is("infinity")) return {};
    const double infinity = std::numeric_limits<double>::infinity();
    return {.kind = Number::Kind::real, .integer = 0, .real = minus ? -infinity : infinity};
}

bool is_blank(std::string_view text) { return without_blanks(text).empty(); }

Number parse_number(std::string_view text)
{
    text = without_blanks(text);
    const bool minus = text.starts_with('-');
    const std::string_view digits = text.substr(minus || text.starts_with('+') ? 1 : 0);
    if (const auto value = short_integer(digits)) return integer(minus ? -*value : *value);
    // Words and a second sign end here, which std::from_chars would take.
    if (digits.empty() || !(is_digit(digits.front()) || digits.front() == '.')) return {};

    if (!minus) text = digits; // std::from_chars takes no plus
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return real(text, digits);
    std::int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec == std::errc{}) return integer(value);
    return {.kind = Number::Kind::out_of_range, .real = real(text, digits).real};
}

bool is_missing(std::string_view field)
{
    // Of those that pandas takes, the ones that do not come from an old C library.
    constexpr std::array<std::string_view, 11> words{"",    "n/a", "N/A",  "NA",   "<NA>", "#N/A",
                                                     "nan", "NaN", "null", "NULL", "#NA"};
    return std::find(words.begin(), words.end(), field) != words.end();
}

std::partial_ordering operator<=>(const Number& a, const Number& b)
{
    using enum Number::Kind;
    if (a.kind == none || b.kind == none) return std::partial_ordering::unordered;
    if (a.kind == integer && b.kind == integer) return a.integer <=> b.integer;
    if (a.kind == integer) return order(a.integer, b.real);
    if (b.kind == integer) return 0 <=> order(b.integer, a.real);
    return a.real <=> b.real;
}

bool is_canonical_integer(std::string_view text)
{
    const Number number = parse_number(text);
    if (number.kind != Number::Kind::integer) return false;
    std::array<char, 24> printed;
    const auto result = std::to_chars(printed.begin(), printed.end(), number.integer);
    return text == std::string_view(printed.begin(), result.ptr);
}

void append_repr(std::string& text, double number)
{
    const double magnitude = std::abs(number);
    const bool exponent = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
    std::array<char, 32> printed;
    const auto result = std::to_chars(printed.begin(), printed.end(), number,
                                      exponent ? std::chars_format::scientific : std::chars_format::fixed);
    const std::string_view digits(printed.begin(), result.ptr);
    text += digits;
    if (!exponent && std::isfinite(number) && digits.find('.') == digits.npos) text += ".0";
}

bool is_canonical_real(std::string_view text)
{
    const Number number = parse_number(text);
    if (number.kind != Number::Kind::real) return false;
    if (number.real == 0) return text == "0.0";
    std::string printed;
    append_repr(printed, number.real);
    return text == printed;
}

} // namespace swather
