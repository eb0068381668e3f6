// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace swather {

/// An interval that is to be summed up, as far as it lies on a block.
struct Region {
    Index segment = 0;   ///< on which it lies, whole
    Index start = 0;     ///< on the contig, 0-based
    Index end = 0;       ///< one past its last position; it may be empty
    Index line = 0;      ///< on which it stands in its file; tells apart those of one place
    Box cells{};         ///< of the block: those that it has
    bool begins = false; ///< it begins on the block, and these are known:
    std::string_view contig{};
    std::string_view name{};

    /// Local. Whether it lies on no other block.
    [[nodiscard]] bool is_whole() const { return cells.size() == end - start; }
};

/// The regions that lie on a block, one after the other, in the order of segments, starts and lines.
/// The texts of one live until the next.
using NextRegion = std::function<std::optional<Region>()>;

} // namespace swather
