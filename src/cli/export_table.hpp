// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. Writes the table of an output file of `swather transform`, `counts` or `motif` as CSV, in the order
/// of the file. A name that ends in .gz is one by bgzip.
///
/// `Exit::bad_data`: the file is not of swather, incomplete, or without a table; `Exit::cannot_create`: a
/// file is there and `force` is not given, or none can be; `Exit::io`: a full disk.
void export_table(const std::string& path, const std::string& csv, bool force);

} // namespace swather
