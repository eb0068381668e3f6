// SPDX-License-Identifier: MIT
#pragma once

#include "sources/reads_view.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// How the mates of a proper pair count where they overlap.
enum class Overlaps {
    twice,   ///< both
    once,    ///< as one, as mosdepth has it
    by_base, ///< as the one base that their qualities make of two, as samtools mpileup has it
};

/// What of a read counts. Without any change: as `samtools depth -a` has it.
struct CountRules {
    int min_mapq = 0;                       ///< reads of a lower mapping quality are left out
    int min_baseq = 0;                      ///< bases of a lower quality do not count; bases without one do
    std::uint16_t exclude_flags = 0x704;    ///< reads with any of these flags are left out
    std::uint16_t include_flags = 0;        ///< reads with none of these flags are left out; 0: none are
    std::vector<std::string> read_groups{}; ///< reads of no such group are left out; empty: none are
    bool deletions = false;                 ///< what is deleted in a read counts, as the base behind it
    bool skips = false;                     ///< so does what it skips (an intron)
    bool spans = false;  ///< all of a read counts from its first position to its last, whatever lies between
    bool orphans = true; ///< paired reads that are not properly paired count
    bool absent_bases = true; ///< a base that its record lacks counts, whatever quality is wanted
    Overlaps overlaps = Overlaps::twice;
    /// Where it is not 0, of each proper pair the fragment counts, from its first position to its last, if it
    /// has at most so many; nothing else counts.
    Index longest_fragment = 0;

    static constexpr std::uint16_t paired = 0x1;
    static constexpr std::uint16_t proper_pair = 0x2;
    static constexpr std::uint16_t last_of_pair = 0x80;
    static constexpr std::uint16_t supplementary = 0x800;

    /// Local. The rules of a tool: depth, depth-J and mpileup (samtools 1.16), mosdepth and mosdepth-fast
    /// (0.3.3). `Exit::usage`: no such tool.
    static CountRules like(std::string_view tool);

    /// Local. Whether anything of a read counts.
    [[nodiscard]] bool take(const Read& read) const
    {
        return (read.flag & exclude_flags) == 0 && (include_flags == 0 || (read.flag & include_flags) != 0) &&
               read.mapq >= min_mapq &&
               (orphans || (read.flag & paired) == 0 || (read.flag & proper_pair) != 0) &&
               (read_groups.empty() || std::ranges::find(read_groups, read.read_group) != read_groups.end());
    }
};

} // namespace swather
