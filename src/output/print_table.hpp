// SPDX-License-Identifier: MIT
#pragma once

#include "output/groups.hpp"

namespace swather {

/// Collective. Prints the groups on root's stdout as a TSV with a header line. Whoever reads it may stop
/// early.
void print_groups(const Communicator& comm, Groups groups);

/// Collective. The same of a table that root has.
void print_table(const Communicator& comm, const CellTable& table);

} // namespace swather
