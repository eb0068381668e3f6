// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace swather {

/// Local. The name that is most like `word`, so that a slip of the hand can be told; empty where none is like
/// it. Likeness is the number of letters to insert, remove or change (Levenshtein 1966), upper or lower case
/// alike.
std::string nearest(std::string_view word, std::span<const std::string> names);

} // namespace swather
