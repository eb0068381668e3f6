// SPDX-License-Identifier: MIT
#pragma once

#include "base/number.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace swather {

/// What is known of a value, bit by bit. The last three are told to the user, of values that come into the
/// result.
namespace mark {
inline constexpr std::uint8_t integer = 1; ///< it is one that int64 holds, and it is known exactly
inline constexpr std::uint8_t truth = 2;   ///< of a condition: it holds
inline constexpr std::uint8_t by_zero = 4; ///< a division by zero is behind it
inline constexpr std::uint8_t too_large =
    8; ///< an integer beyond int64 or a number beyond double is behind it
inline constexpr std::uint8_t not_number = 16; ///< a text that is no number is behind it
inline constexpr std::uint8_t notes = by_zero | too_large | not_number;
} // namespace mark

/// Values of numbers or conditions, one for each of some rows. A number is a double and, where it is an
/// integer, that integer as well: so it depends on nothing but its own row. Of a condition there are marks
/// alone.
struct Values {
    std::vector<double> real;
    std::vector<std::int64_t> integer; ///< of those that are marked so
    std::vector<std::uint8_t> marks;
    std::uint8_t any = 0; ///< marks that one of them may have

    [[nodiscard]] std::size_t size() const { return marks.size(); }
    /// Local. So many values, none of which is set.
    void resize(std::size_t count);
    /// Local. A value, to be compared exactly; NaN is ordered with none.
    [[nodiscard]] Number number(std::size_t i) const
    {
        if ((marks[i] & mark::integer) != 0)
            return {.kind = Number::Kind::integer, .integer = integer[i], .real = real[i]};
        const bool is_nan = real[i] != real[i];
        return {.kind = is_nan ? Number::Kind::none : Number::Kind::real, .integer = 0, .real = real[i]};
    }
};

/// Local. Computes, for each row, from one value or two the value that comes to stand in the first. All lists
/// are of one size.
using Operation = void (*)(std::span<Values> arguments);

/// Local. The operation that an operator stands for: + - * / // % ** == = != < <= > >= and or. As in Python,
/// but for integers that int64 does not hold, which become the nearest double (of ** that of pow), and for
/// divisions by zero, which give what IEEE 754 says. + - * // % ** and comparisons of integers are exact.
Operation operation_of(std::string_view binary_operator);

/// Local. −x, not x, a condition as 1 or 0, and of a condition and two numbers one number.
void negate(std::span<Values> arguments);
void invert(std::span<Values> arguments);
void to_number(std::span<Values> arguments);
void choose(std::span<Values> arguments);

/// A function of numbers, as an expression may call it.
struct Function {
    std::string_view name;
    int arguments = 1;
    bool is_condition = false;
    Operation operation = nullptr;
    bool takes_more = false; ///< of two arguments: any number of them, from the left
};

/// Local. The functions, by name.
std::span<const Function> functions();

} // namespace swather
