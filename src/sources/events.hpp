// SPDX-License-Identifier: MIT
#pragma once

#include "sources/events_view.hpp"

#include <string>
#include <vector>

namespace swather {

/// Local. The events of a run, from an events.tsv of BIDS: columns onset and duration, where they are there
/// trial_type and modulation too; others do not matter. `Exit::cannot_read`: no such file. `Exit::bad_data`,
/// with line and column: what SmallTable refuses, a missing value, a negative duration; no events.
std::vector<Event> read_events(const std::string& path);

} // namespace swather
