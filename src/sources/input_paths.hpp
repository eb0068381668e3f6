// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace swather {

/// Local. The files that paths and globs name, those of a glob in natural order: echo2 before echo10.
/// `Exit::cannot_read`: a glob that names none.
std::vector<std::string> files_of(const std::vector<std::string>& paths);

} // namespace swather
