// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. On root: lets a run stop in order before its time is over, with `Exit::stopped` and its whole
/// blocks in the journal, as a signal does.
///
/// `limit`: how long the run may take from the start of the program on, as for parse_duration; or "auto":
/// what SLURM has left for the job, and nothing where there is no SLURM or no limit. A twentieth of the time
/// is kept in reserve for blocks that have begun: 5 seconds at least (of a short time, half), 5 minutes at
/// most.
void keep_time_limit(const std::string& limit);

} // namespace swather
