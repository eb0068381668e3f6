// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"
#include "results/cells.hpp"

#include <string>
#include <vector>

namespace swather::h5 {

/// Local. The names in a group, in the order in which they were made.
std::vector<std::string> names_in(hid_t group);
/// Local. The columns of a group, in that order: of text also those that are stored as NAME_bytes and
/// NAME_offset.
std::vector<CellColumn> columns_of(hid_t group);

} // namespace swather::h5
