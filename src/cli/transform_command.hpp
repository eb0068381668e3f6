// SPDX-License-Identifier: MIT
#pragma once

#include "cli/commands.hpp"

namespace swather {

/// Local. Adds the options of `swather transform`.
Prepare transform_command(CLI::App& command);

} // namespace swather
