// SPDX-License-Identifier: MIT
#pragma once

#include "cli/commands.hpp"

namespace swather {

/// Local. `swather fit`: a model of the series of each voxel of an image.
Prepare fit_command(CLI::App& command);

} // namespace swather
