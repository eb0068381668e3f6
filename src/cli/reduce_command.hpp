// SPDX-License-Identifier: MIT
#pragma once

#include "cli/commands.hpp"

namespace swather {

/// Local. The command `reduce`.
Prepare reduce_command(CLI::App& command);

} // namespace swather
