// SPDX-License-Identifier: MIT
#pragma once

#include "cli/commands.hpp"

namespace swather {

/// Local. `swather design`: the design matrix of a run, as a table.
Prepare design_command(CLI::App& command);

} // namespace swather
