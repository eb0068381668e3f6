// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/concat_axis.hpp"

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

/// A piece of a block, and the number of its contig in the header.
struct BamPiece {
    Piece piece;
    Index contig = 0;
};

/// Where the reads of one block lie, as it travels in a descriptor: a rank that has it needs no header and no
/// index.
struct BamPlace {
    Index contigs = 0;             ///< in the whole BAM: no record has a higher number
    std::vector<BamPiece> pieces;  ///< in the order of cells
    std::vector<BgzfRange> ranges; ///< in the order of the file, disjoint

    [[nodiscard]] Bytes pack() const
    {
        Bytes bytes;
        put(bytes, contigs);
        put(bytes, std::span<const BamPiece>(pieces));
        put(bytes, std::span<const BgzfRange>(ranges));
        return bytes;
    }

    static BamPlace unpack(const Bytes& bytes)
    {
        BytesReader reader(bytes);
        const auto contigs = reader.get<Index>();
        auto pieces = reader.get_vector<BamPiece>();
        return {contigs, std::move(pieces), reader.get_vector<BgzfRange>()};
    }
};

} // namespace swather
