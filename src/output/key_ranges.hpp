// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"
#include "output/stored_run.hpp"

#include <string>
#include <vector>

namespace swather {

/// Collective. Cuts the keys of the runs of all ranks into ranges, by a sample of them: for each range but
/// the last, the first key behind it. Ranges go in rounds, one to each rank: there are so many that no rank
/// has more than about `range_bytes` of records to send in a round, nor to receive.
std::vector<std::string> ends_of_ranges(const Communicator& comm, const std::vector<StoredRun>& runs,
                                        double range_bytes);

} // namespace swather
