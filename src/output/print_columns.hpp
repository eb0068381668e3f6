// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"
#include "output/append_columns.hpp"
#include "results/table_text.hpp"

namespace swather {

/// Local. A TSV, with escapes for what would end a field or a line, as PostgreSQL's COPY and `mysql -B` write
/// them.
TableText tab_separated();

/// Collective. Prints a header and the rows of all rounds on root's stdout. Whoever reads it may stop early.
void print_columns(const Communicator& comm, const std::vector<CellColumn>& columns, const NextCells& next,
                   const TableText& as);

} // namespace swather
