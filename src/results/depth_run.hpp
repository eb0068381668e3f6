// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <cstdint>

namespace swather {

/// Positions of a contig that lie side by side and have the same depth.
struct DepthRun {
    Index start = 0; ///< 0-based
    Index end = 0;   ///< one past the last
    std::int32_t depth = 0;

    [[nodiscard]] Index size() const { return end - start; }
};

} // namespace swather
