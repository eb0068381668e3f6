// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/motif_pattern.hpp"

#include <cstdint>
#include <vector>

namespace swather {

/// What is searched for: a pattern on one of the strands.
struct MotifStrand {
    std::uint32_t number = 0; ///< by which hits at one position are ordered
    std::vector<BaseSet> sets;
};

/// Patterns by their beginnings, so that what many have in common is looked at once: a tree whose nodes lie
/// in the order in which a walk from its root meets them.
struct MotifTrie {
    struct Node {
        BaseSet set = 0;          ///< the bases that may stand here
        std::uint8_t depth = 0;   ///< behind the first base of the pattern
        std::uint32_t behind = 0; ///< the next node that is none of those below this
        std::uint32_t first_end = 0;
        std::uint32_t ends = 0; ///< patterns that end with this node: their numbers are in `ends`
    };

    std::vector<Node> nodes;
    std::vector<std::uint32_t> ends;
    std::uint32_t numbers = 0; ///< one more than the largest of a strand

    /// Local. None of the strands is without a base.
    static MotifTrie of(std::vector<MotifStrand> strands);
};

} // namespace swather
