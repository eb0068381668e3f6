// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// Where the bases of a contig are in the text of a FASTA: in lines of one length, but for the last.
struct FastaLines {
    Index length = 0;     ///< bases of the contig
    Index offset = 0;     ///< byte of the first base
    Index line_bases = 0; ///< bases of a line
    Index line_bytes = 0; ///< bytes of a line, with what ends it

    /// Local. The byte of a base.
    [[nodiscard]] Index byte_of(Index position) const
    {
        return offset + position / line_bases * line_bytes + position % line_bases;
    }
    /// Local. One past the byte of the last base.
    [[nodiscard]] Index end() const { return length == 0 ? offset : byte_of(length - 1) + 1; }
};

/// The contigs of a FASTA, in its order.
struct FastaIndex {
    struct Contig {
        std::string name;
        FastaLines lines;
    };
    std::vector<Contig> contigs;
};

/// Local. Reads the text of a .fai (`man faidx`), which is called `path`: name, length, offset, bases and
/// bytes of a line. `Exit::bad_data`: it is none, is of a FASTQ, has a name twice, or its sequences do not
/// lie one behind the other.
FastaIndex parse_fasta_index(std::string_view text, const std::string& path);

} // namespace swather
