// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/concat_axis.hpp"

#include <string>
#include <vector>

namespace swather {

/// A stretch of a BAM between two virtual offsets (address of a BGZF block << 16 | byte in the inflated
/// block).
struct BgzfRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Index contig = 0; ///< number of the contig that its first record must lie on

    /// Local. Bytes of the file from the first BGZF block to the last.
    [[nodiscard]] double compressed() const { return static_cast<double>((end >> 16) - (begin >> 16)); }
};

/// A piece of a block, and its contig.
struct BamPiece {
    Piece piece;
    Index contig = 0;           ///< its number in the header
    std::int32_t sequence = -1; ///< the same in the reference, where there is one
    std::string name{};
};

/// Where the reads of one block lie, as it travels in a descriptor: a rank that has it needs no header and no
/// index.
struct BamPlace {
    Index contigs = 0;             ///< in the whole BAM: no record has a higher number
    std::vector<BamPiece> pieces;  ///< in the order of cells, without gaps
    std::vector<BgzfRange> ranges; ///< in the order of the file, disjoint
    std::string regions{};         ///< those that lie on the pieces, as RegionCatalog packs them

    [[nodiscard]] Bytes pack() const;
    static BamPlace unpack(const Bytes& bytes);
};

} // namespace swather
