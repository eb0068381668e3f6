// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"
#include "output/append_columns.hpp"

namespace swather {

/// Collective. Prints the rows of all rounds on root's stdout as a TSV with a header line. Whoever reads it
/// may stop early.
void print_columns(const Communicator& comm, const std::vector<CellColumn>& columns, const NextCells& next);

} // namespace swather
