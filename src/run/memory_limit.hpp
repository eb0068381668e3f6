// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <filesystem>

namespace swather {

/// Local. The bytes that one of `ranks` ranks of this node may use: what SLURM gave a task, or where there
/// are more ranks than tasks a part of what it gave them all; or else a part of what the control group of
/// this process, or else the node itself, has. A twentieth is left for others.
Index memory_of_rank(int ranks);

/// Local. The bytes that the control groups of this process, of version 1 or 2, let it have; infinite where
/// they set no limit. `root`: the folder in which proc and sys are.
double limit_of_control_groups(const std::filesystem::path& root = "/");

} // namespace swather
