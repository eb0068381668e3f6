// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/values.hpp"

#include <cstdint>
#include <string_view>

namespace swather {

/// What the fields of a column are: a set of these, and so of the column the union of those of its fields.
namespace field_kind {
inline constexpr std::uint8_t missing = 1; ///< nothing but blanks, or a word that says so: NA
inline constexpr std::uint8_t integer = 2;
inline constexpr std::uint8_t wide = 4; ///< an integer that is beyond 2^53, and so no double may stand for it
/// An integer whose text is not what it prints as: +5, -0, or one with blanks around it.
inline constexpr std::uint8_t not_canonical = 8;
inline constexpr std::uint8_t real = 16; ///< beyond float64 an infinity
inline constexpr std::uint8_t text = 32; ///< all else; 007 too, and an integer beyond 64 bits
} // namespace field_kind

/// Local. The kind of a field, of which `numbers` has at `row` what an expression reads. A sign in
/// front of an integer may be lost, as pandas loses it; zeros in front, or digits, may not.
std::uint8_t kind_of(std::string_view field, const Values& numbers, std::size_t row);

} // namespace swather
