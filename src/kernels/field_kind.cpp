// SPDX-License-Identifier: MIT
#include "kernels/field_kind.hpp"

#include "base/number.hpp"

namespace swather {

namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Of so few digits each integer is a double, and each decimal no larger than one.
constexpr std::size_t few = 15;

/// The kind of nearly all numbers: an integer or a decimal of few digits; 0 where it takes a closer look.
std::uint8_t short_kind(std::string_view field)
{
    if (field.starts_with('-')) field.remove_prefix(1);
    if (field.empty() || field.size() > few || !is_digit(field.front())) return 0;
    std::size_t digits = 0;
    while (digits < field.size() && is_digit(field[digits])) ++digits;
    if (field.front() == '0' && digits > 1) return 0;
    if (digits == field.size()) return field.front() == '0' ? 0 : field_kind::integer;
    if (field[digits] != '.') return 0;
    do ++digits;
    while (digits < field.size() && is_digit(field[digits]));
    return digits == field.size() ? field_kind::real : 0;
}

} // namespace

std::uint8_t kind_of(std::string_view field)
{
    if (field.empty()) return field_kind::missing;
    if (const std::uint8_t kind = short_kind(field); kind != 0) return kind;
    if (is_blank(field)) return field_kind::missing;
    const Number number = parse_number_or_infinity(field);
    if (number.kind == Number::Kind::real) return field_kind::real;
    if (number.kind != Number::Kind::integer)
        return is_missing(field) ? field_kind::missing : field_kind::text;

    field = field.substr(field.find_first_not_of(" \t"));
    const bool signed_zero = number.integer == 0 && field.front() == '-';
    std::string_view digits = field.substr(field.front() == '-' || field.front() == '+' ? 1 : 0);
    digits = digits.substr(0, digits.find_first_of(" \t"));
    if (digits.front() == '0' && digits.size() > 1) return field_kind::text;
    if (field.front() == '+' || signed_zero) return field_kind::real;
    constexpr std::int64_t most = std::int64_t{1} << 53;
    return number.integer < -most || number.integer > most ? field_kind::integer | field_kind::wide
                                                           : field_kind::integer;
}

} // namespace swather
