// SPDX-License-Identifier: MIT
#pragma once

#include "cli/commands.hpp"

namespace swather {

/// Local. `swather export`: what is in an output file, in the formats of other programs.
Prepare export_command(CLI::App& command);

} // namespace swather
