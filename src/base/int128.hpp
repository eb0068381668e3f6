// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

namespace swather {

/// Wide enough for any sum of integers of 64 bits.
__extension__ using Int128 = __int128;

/// Local. Whether int64 holds a number.
constexpr bool fits_int64(Int128 number)
{
    return number >= std::numeric_limits<std::int64_t>::min() &&
           number <= std::numeric_limits<std::int64_t>::max();
}

} // namespace swather
