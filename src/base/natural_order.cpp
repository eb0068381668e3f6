// SPDX-License-Identifier: MIT
#include "base/natural_order.hpp"

#include <algorithm>

namespace swather {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits from the front of a text, and leaves out the zeros before the number.
std::string_view take_number(std::string_view& text)
{
    const auto end =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

} // namespace

bool naturally_before(std::string_view a, std::string_view b)
{
    std::string_view left = a;
    std::string_view right = b;
    while (!left.empty() && !right.empty()) {
        if (is_digit(left.front()) && is_digit(right.front())) {
            const std::string_view of_left = take_number(left);
            const std::string_view of_right = take_number(right);
            if (of_left.size() != of_right.size()) return of_left.size() < of_right.size();
            if (of_left != of_right) return of_left < of_right;
            continue;
        }
        if (left.front() != right.front())
            return static_cast<unsigned char>(left.front()) < static_cast<unsigned char>(right.front());
        left.remove_prefix(1);
        right.remove_prefix(1);
    }
    if (left.empty() != right.empty()) return left.empty();
    return a < b;
}

} // namespace swather
