// SPDX-License-Identifier: MIT
#pragma once

#include "output/content.hpp"
#include "output/groups.hpp"

namespace swather {

/// Collective. Appends the groups to the content of a file: a dataset for each column of numbers; of text up
/// to a million values and 16 MiB a column of strings, and beyond, or where a value is longer than 256 bytes
/// or is not UTF-8, two datasets NAME_bytes and NAME_offset.
void append_groups(const Communicator& comm, Journal& journal, const KeyedOutput& output, Groups groups,
                   int level, Content& content);

} // namespace swather
