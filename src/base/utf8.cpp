// SPDX-License-Identifier: MIT
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace swather {

namespace {

/// Bytes of the character that begins `bytes`; 0 where it is malformed.
std::size_t length_of_first(std::string_view bytes)
{
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned char>(i < bytes.size() ? bytes[i] : 0);
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = first == 0xed && byte(1) > 0x9f;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool overlong = first == 0xf0 && byte(1) < 0x90;
        const bool beyond = first == 0xf4 && byte(1) > 0x8f;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

} // namespace

bool is_utf8(std::string_view bytes)
{
    while (!bytes.empty()) {
        const std::size_t length = length_of_first(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string printable(std::string_view text)
{
    std::string shown;
    while (!text.empty()) {
        const std::size_t length = length_of_first(text);
        const auto first = static_cast<unsigned char>(text.front());
        if (length == 0 || first < 0x20 || first == 0x7f)
            shown += fmt::format("\\x{:02x}", first);
        else
            shown += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return shown;
}

std::string with_caret(std::string_view expression, std::size_t place)
{
    std::string line(expression);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
    // A character has one byte that is not 10xxxxxx.
    const auto column = std::count_if(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(place),
                                      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    return fmt::format("    {}\n    {:>{}}", line, '^', column + 1);
}

} // namespace swather
