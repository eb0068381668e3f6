// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace swather {

/// A number read from text.
struct Number {
    enum class Kind {
        none,         ///< the text is no number
        integer,      ///< digits alone, and they fit
        real,         ///< with a point or an exponent; what is too small for a double is 0
        out_of_range, ///< an integer beyond int64 or a real beyond double
    };

    Kind kind = Kind::none;
    std::int64_t integer = 0; ///< of an integer, exactly
    double real = 0;          ///< of every number, the nearest double; beyond the largest, an infinity
};

/// Local. "42", "-1.5e3", ".5", " +7 ": what Python's int() and float() take, blanks and tabs around it too;
/// but no words (inf, nan), no underscores. Knows no locale and allocates nothing.
Number parse_number(std::string_view text);

/// Local. The same, and the words inf and infinity, of small and large letters, as pandas reads them.
Number parse_number_or_infinity(std::string_view text);

/// Local. A text without the blanks and tabs around it.
std::string_view without_blanks(std::string_view text);
/// Local. Whether a text is nothing but blanks and tabs.
bool is_blank(std::string_view text);
/// Local. Whether a field says that there is no value: "n/a", as BIDS has it, or what pandas.read_csv takes.
bool is_missing(std::string_view field);

/// Local. Exact, integers with reals too; those out of range are ordered by their `real`. None is unordered.
std::partial_ordering operator<=>(const Number& a, const Number& b);

/// Local. Appends what Python's repr() gives of a float: the shortest that reads back, "1.0", "1e-05", "inf".
void append_repr(std::string& text, double number);

/// Local. Whether `text` is just what its int64 prints as: "42" and "-5", not "007", "+1", "-0" or " 1".
bool is_canonical_integer(std::string_view text);

/// Local. Whether `text` is just what Python's repr() of its float gives: "1.0", "1e-05" and "1e+16", not
/// "1", "1.50" or "1e5"; nor "-0.0", which is the same number as "0.0".
bool is_canonical_real(std::string_view text);

} // namespace swather
