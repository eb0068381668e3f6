// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"

#include <string>

namespace swather {

/// Local. Two lines about the depths of all positions of a file: mean, quartiles, and the parts of them that
/// have some depths and more. Empty where the file has no histogram of depths.
std::string depth_lines(hid_t file);

} // namespace swather
