// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "results/texts.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace swather {

class BamHeader;

/// An interval of a contig, as a line of a BED has it. BAM has 32 bits for positions and numbers of contigs.
struct BedRegion {
    std::int32_t place = 0; ///< number of its contig in the header; later that of its segment
    std::int32_t start = 0; ///< 0-based
    std::int32_t end = 0;   ///< one past its last position
    std::uint32_t line = 0; ///< from 1 on

    /// Those of one start keep the order of their lines, as mosdepth has it.
    friend bool operator<(const BedRegion& a, const BedRegion& b)
    {
        return std::tie(a.place, a.start, a.line) < std::tie(b.place, b.start, b.line);
    }
};

/// What a BED says: contig, start, end and, where there is a fourth column, name, separated by tabs, or by
/// blanks in a line without any. Comments, `track`, `browser` and blank lines say nothing.
struct Bed {
    std::string path;
    std::vector<BedRegion> regions; ///< in the order of places, starts, lines
    Texts names;                    ///< of each line, up to the last that has one

    /// Local. The name on a line; empty where there is none.
    [[nodiscard]] std::string_view name(std::uint32_t line) const
    {
        return line <= names.size() ? names[line - 1] : std::string_view();
    }
};

/// Local. Reads a BED, packed or not. With `skip_unknown` lines that do not lie on a contig are left out, and
/// it is logged how many. `Exit::cannot_read`: no such file. `Exit::bad_data`, with the line: no region, one
/// that is not on a contig; a file without any.
Bed read_bed(const std::string& path, const BamHeader& header, bool skip_unknown);

} // namespace swather
