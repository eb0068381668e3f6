// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. What is in a file, on one screen: where it comes from, its datasets, and its summary.
/// `Exit::cannot_read`: no such file. `Exit::bad_data`: not a file of swather, or not a complete one.
std::string inspect(const std::string& path);

} // namespace swather
