// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace swather {

/// Local. Whether a name stands before another where the numbers in them count by their value: "echo2" before
/// "echo10". All else counts by its bytes; of names that differ only in zeros before a number, too.
bool naturally_before(std::string_view a, std::string_view b);

} // namespace swather
