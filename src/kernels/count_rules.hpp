// SPDX-License-Identifier: MIT
#pragma once

#include "sources/reads_view.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// What of a read counts. Without any change: as `samtools depth -a` has it.
struct CountRules {
    int min_mapq = 0;                       ///< reads of a lower mapping quality are left out
    int min_baseq = 0;                      ///< bases of a lower quality do not count; bases without one do
    std::uint16_t exclude_flags = 0x704;    ///< reads with any of these flags are left out
    std::uint16_t include_flags = 0;        ///< reads with none of these flags are left out; 0: none are
    std::vector<std::string> read_groups{}; ///< reads of no such group are left out; empty: none are
    bool deletions = false;                 ///< what is deleted in a read counts, as the base behind it
    bool skips = false;                     ///< so does what it skips (an intron)
    bool spans = false; ///< all of a read counts from its first position to its last, whatever lies between
    bool overlaps_once = false; ///< where the mates of a proper pair overlap, they count once

    /// Local. The rules of a tool: depth and depth-J (samtools 1.16), mosdepth and mosdepth-fast (0.3.3).
    /// `Exit::usage`: no such tool.
    static CountRules like(std::string_view tool);

    /// Local. Whether anything of a read counts.
    [[nodiscard]] bool take(const Read& read) const
    {
        return (read.flag & exclude_flags) == 0 && (include_flags == 0 || (read.flag & include_flags) != 0) &&
               read.mapq >= min_mapq &&
               (read_groups.empty() || std::ranges::find(read_groups, read.read_group) != read_groups.end());
    }
};

} // namespace swather
