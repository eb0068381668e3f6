// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <span>
#include <string>

namespace swather {

/// Local. Keeps what was counted in a pass over all blocks, before any is computed, in the folder of a
/// journal, whose fingerprint tells of what run it is. `pass`: 1, 2 … `Exit::io`: it cannot be written.
void keep_pass(const std::string& folder, Index pass, std::span<const Index> counts);

/// Local. Fills `counts` with those that were kept of a pass; false where there are none, or they are torn or
/// damaged.
bool read_kept_pass(const std::string& folder, Index pass, std::span<Index> counts);

/// Local. Removes all of them; whether there were any.
bool remove_kept_passes(const std::string& folder);

} // namespace swather
