// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace swather {

/// Keys of numbers, whose bytes sort as the numbers do, one after the other: the highest byte first, of
/// numbers with a sign with its bit turned round.

template <class T>
concept KeyNumber = std::same_as<T, std::int32_t> || std::same_as<T, std::uint32_t>;

/// Local. Appends a number to a key.
template <KeyNumber T>
void put_number(std::string& key, T number)
{
    const auto bits = static_cast<std::uint32_t>(number) ^ (std::signed_integral<T> ? 0x8000'0000U : 0U);
    for (int shift = 24; shift >= 0; shift -= 8) key += static_cast<char>(bits >> shift);
}

/// Local. Takes a number off the front of a key.
template <KeyNumber T>
T take_number(std::string_view& key)
{
    std::uint32_t bits = 0;
    for (const char byte : key.substr(0, 4)) bits = bits << 8 | static_cast<unsigned char>(byte);
    key.remove_prefix(4);
    return static_cast<T>(bits ^ (std::signed_integral<T> ? 0x8000'0000U : 0U));
}

} // namespace swather
