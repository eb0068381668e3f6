// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace swather {

namespace detail {
template <std::size_t bytes>
using UnsignedOf =
    std::conditional_t<bytes == 1, std::uint8_t,
                       std::conditional_t<bytes == 2, std::uint16_t,
                                          std::conditional_t<bytes == 4, std::uint32_t, std::uint64_t>>>;
} // namespace detail

/// Unsigned integers of as many bits as a number has, in the order of numbers; NaN has none.
template <class T>
using OrderKey = detail::UnsignedOf<sizeof(T)>;

/// Local. The key of a number. -0 is before 0.
template <class T>
constexpr OrderKey<T> order_key(T number)
{
    using Key = OrderKey<T>;
    constexpr auto sign = static_cast<Key>(Key{1} << (8 * sizeof(T) - 1));
    if constexpr (std::is_floating_point_v<T>) {
        const auto bits = std::bit_cast<Key>(number);
        return (bits & sign) != 0 ? ~bits : bits | sign;
    } else if constexpr (std::is_signed_v<T>) {
        return static_cast<Key>(static_cast<Key>(number) ^ sign);
    } else {
        return number;
    }
}

/// Local. The number of a key.
template <class T>
constexpr T number_of(OrderKey<T> key)
{
    using Key = OrderKey<T>;
    constexpr auto sign = static_cast<Key>(Key{1} << (8 * sizeof(T) - 1));
    if constexpr (std::is_floating_point_v<T>)
        return std::bit_cast<T>((key & sign) != 0 ? key ^ sign : ~key);
    else if constexpr (std::is_signed_v<T>)
        return static_cast<T>(static_cast<Key>(key ^ sign));
    else
        return key;
}

/// Numbers rounded to 9 binary digits, so that one is off by 1/512 of itself at most. Integers up to 512 stay
/// what they are.
namespace rounded {

inline constexpr unsigned key_bits = 20; ///< sign, 11 of the exponent, and 8: the first digit is always 1

/// Local. The first bits of the key of a number that is rounded; infinite ones stay the only infinite ones.
constexpr std::uint64_t key_of(double number)
{
    constexpr unsigned dropped = 64 - key_bits;
    constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    constexpr std::uint64_t infinite = std::uint64_t{0x7ff} << 52;
    constexpr std::uint64_t half = std::uint64_t{1} << (dropped - 1);
    const auto bits = std::bit_cast<std::uint64_t>(number);
    std::uint64_t size = bits & ~sign;
    if (size < infinite - half) size += half;
    size = size >> dropped << dropped;
    return order_key(std::bit_cast<double>(size | (bits & sign))) >> dropped;
}

/// Local. The number that it stands for.
constexpr double number_of(std::uint64_t key)
{
    constexpr unsigned dropped = 64 - key_bits;
    constexpr std::uint64_t rest = (std::uint64_t{1} << dropped) - 1;
    const bool is_negative = key >> (key_bits - 1) == 0; // those have all bits turned round
    return swather::number_of<double>(key << dropped | (is_negative ? rest : 0));
}

} // namespace rounded

} // namespace swather
