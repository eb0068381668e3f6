// SPDX-License-Identifier: MIT
#pragma once

#include "cli/commands.hpp"

namespace swather {

/// Local. `swather plan COMMAND …`: each analysis, with its own options and those of the model.
Prepare plan_command(CLI::App& command);

} // namespace swather
