// SPDX-License-Identifier: MIT
#pragma once

#include "run/timings.hpp"

#include <string>
#include <utility>
#include <vector>

namespace swather {

/// Local. Makes the file where there is none. `Exit::cannot_create` where it cannot be written.
void check_timings_place(const std::string& path);

/// Local. Appends a line about a run to a CSV file, and the names of its columns where the file is new: the
/// facts, then the wall and CPU seconds of each phase, max and mean over the ranks. Runs at a time may append
/// to one file. `Exit::io`.
void append_timings(const std::string& path, const std::vector<std::pair<std::string, std::string>>& facts,
                    const std::vector<Timings::OfRank>& ranks);

} // namespace swather
