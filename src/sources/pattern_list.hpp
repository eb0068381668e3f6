// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace swather {

/// A line of a list of patterns.
struct ListedPattern {
    std::size_t line = 0; ///< from 1 on
    std::string name;     ///< empty where it has none
    std::string letters;
};

/// Local. The patterns of a text: in each line one, or a name and one, with blanks between; blank lines, and
/// what follows a #, do not count. `Exit::cannot_read`; `Exit::bad_data`: what TextLines refuses, a line of
/// more than two words.
std::vector<ListedPattern> read_pattern_list(const std::string& path);

} // namespace swather
