// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// The first row of a table.
struct TableHeader {
    char delimiter = ',';
    std::vector<std::string> names; ///< its fields
    Index begin = 0;                ///< its first byte, behind a byte order mark
    Index data_begin = 0;           ///< the byte behind it
    Index lines = 0;                ///< that it takes
};

/// Local. Reads the first row that is not blank from the `front` of a text, which may be `whole`. Without a
/// delimiter it is the one of comma, tab, semicolon and bar that is most often in the row, outside of quotes.
/// None where the row does not end in the front. `Exit::bad_data`: an empty or binary file, a header that
/// never ends, or has more than `max_row` bytes without its line end.
std::optional<TableHeader> read_header(std::string_view front, const std::string& path,
                                       std::optional<char> delimiter, bool whole, Index max_row);

} // namespace swather
