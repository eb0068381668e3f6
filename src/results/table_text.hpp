// SPDX-License-Identifier: MIT
#pragma once

#include "results/cells.hpp"

#include <string>
#include <vector>

namespace swather {

/// How a table is written as text.
struct TableText {
    using Header = std::string(const std::vector<CellColumn>& columns);
    using Lines = std::string(const std::vector<Cells>& columns);

    Header* header; ///< its first line
    Lines* lines;   ///< one for each row
};

} // namespace swather
