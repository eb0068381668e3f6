// SPDX-License-Identifier: MIT
#pragma once

#include "cli/commands.hpp"

namespace swather {

/// Local. `swather coverage`: the depth of each position of a BAM.
Prepare coverage_command(CLI::App& command);

} // namespace swather
