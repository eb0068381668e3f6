// SPDX-License-Identifier: MIT
#pragma once

namespace swather {

/// Wide enough for any sum of integers of 64 bits.
__extension__ using Int128 = __int128;

} // namespace swather
