// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace swather {

/// An interval of a contig that was asked for, or a window.
struct DepthRegion {
    std::string contig;
    Index start = 0;             ///< 0-based
    Index end = 0;               ///< one past the last
    std::string name;            ///< empty where it has none
    std::vector<Index> at_least; ///< positions that are as deep as each threshold
};

/// The regions of a run, one after the other: by contig, those of a contig by start.
struct DepthRegions {
    std::vector<Index> thresholds; ///< in order
    bool are_windows = false;      ///< that cover all contigs, of one size
    std::function<std::optional<DepthRegion>()> next;
};

} // namespace swather
