// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"
#include "results/cells.hpp"

#include <string>
#include <vector>

namespace swather::h5 {

/// Local. The names in a group, in the order in which they were made; where the group has not kept it, in
/// that of their bytes.
std::vector<std::string> names_in(hid_t group);
/// Local. The datasets of one dimension, in that order, but for those that only name a dimension; NAME_bytes
/// and NAME_offset are one column NAME of text.
std::vector<std::string> column_names(hid_t group);
/// Local. Those of a group that swather made.
std::vector<CellColumn> columns_of(hid_t group);

} // namespace swather::h5
