// SPDX-License-Identifier: MIT
#pragma once

namespace swather {

/// Local. Has the heap keep what is freed, for the next block: blocks are of one size, and would be returned
/// to the system and faulted in again.
void keep_freed_memory();

/// Local. Gives back to the system what is freed now: between two steps of which the next needs memory of
/// other sizes.
void give_back_memory();

} // namespace swather
