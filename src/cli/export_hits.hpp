// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. Writes the hits of an output file of `swather motif` as BED: contig, start, end, pattern, 0 and
/// strand, in the order of the file. A name that ends in .gz is one by bgzip with an index of tabix beside
/// it.
///
/// `Exit::bad_data`: the file is not of swather, incomplete, or without hits; `Exit::cannot_create`: a file
/// is there and `force` is not given, or none can be; `Exit::io`: a full disk.
void export_hits(const std::string& path, const std::string& bed, bool force);

} // namespace swather
