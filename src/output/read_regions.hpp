// SPDX-License-Identifier: MIT
#pragma once

#include "results/depth_region.hpp"

#include <optional>
#include <string>

namespace swather {

/// Local. The regions of an output file of `swather coverage`, of which some thousands are in memory at a
/// time; none where it was made without any. `sample` as for StoredDepth. They, and their `next`, throw
/// `Exit::bad_data`: the file is not of swather, not complete, or damaged.
std::optional<DepthRegions> read_regions(const std::string& path, const std::string& sample);

} // namespace swather
