// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

namespace swather {

/// Local. The bytes that one of `ranks` ranks of this node may use: what SLURM gave a task, or else a part of
/// what the control group of this process, or else the node itself, has. A twentieth is left for others.
Index memory_of_rank(int ranks);

} // namespace swather
