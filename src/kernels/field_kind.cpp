// SPDX-License-Identifier: MIT
#include "kernels/field_kind.hpp"

#include <cmath>

namespace swather {

namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::uint8_t kind_of_integer(std::string_view field, std::int64_t value)
{
    std::uint8_t kind = field_kind::integer;
    constexpr std::int64_t most = std::int64_t{1} << 53;
    if (value < -most || value > most) kind |= field_kind::wide;
    if (is_blank(field.front()) || is_blank(field.back())) kind |= field_kind::not_canonical;
    if (field.front() >= '1' && field.front() <= '9') return kind; // as nearly all

    std::string_view digits = field.substr(field.find_first_not_of(" \t"));
    const char sign = digits.front();
    if (sign == '-' || sign == '+') digits.remove_prefix(1);
    digits = digits.substr(0, digits.find_first_of(" \t"));
    if (digits.front() == '0' && digits.size() > 1) return field_kind::text;
    if (sign == '+' || (sign == '-' && value == 0)) kind |= field_kind::not_canonical;
    return kind;
}

} // namespace

std::uint8_t kind_of(std::string_view field, const Values& numbers, std::size_t row)
{
    const std::uint8_t marks = numbers.marks[row];
    if ((marks & mark::integer) != 0) return kind_of_integer(field, numbers.integer[row]);
    if ((marks & mark::too_large) != 0)
        return field.find_first_of(".eE") == field.npos ? field_kind::text : field_kind::real;
    if (!std::isnan(numbers.real[row])) return field_kind::real;
    return (marks & mark::not_number) == 0 || is_missing(field) ? field_kind::missing : field_kind::text;
}

} // namespace swather
