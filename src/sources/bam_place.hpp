// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/concat_axis.hpp"
#include "results/records.hpp"

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

    [[nodiscard]] Bytes pack() const
    {
        Bytes bytes;
        put(bytes, contigs);
        put(bytes, pieces.empty() ? Index{0} : pieces.front().piece.cells.begin);
        std::vector<PackedPiece> packed;
        std::string names; // of each contig once: most pieces are of the contig of the one before
        packed.reserve(pieces.size());
        for (const auto& [piece, contig, sequence, name] : pieces) {
            if (packed.empty() || packed.back().contig != contig) put_text(names, name);
            packed.push_back({piece.start, static_cast<std::int32_t>(piece.cells.size()),
                              static_cast<std::int32_t>(piece.segment), static_cast<std::int32_t>(contig),
                              sequence});
        }
        bytes.reserve(bytes.size() + 4 * sizeof(std::uint64_t) + std::as_bytes(std::span(packed)).size() +
                      std::as_bytes(std::span(ranges)).size() + names.size() + regions.size());
        put(bytes, std::span<const PackedPiece>(packed));
        put(bytes, std::span<const BgzfRange>(ranges));
        put(bytes, std::string_view(names));
        put(bytes, std::string_view(regions));
        return bytes;
    }

    static BamPlace unpack(const Bytes& bytes)
    {
        BytesReader reader(bytes);
        BamPlace place;
        place.contigs = reader.get<Index>();
        auto cell = reader.get<Index>();
        for (const PackedPiece& packed : reader.get_vector<PackedPiece>()) {
            const Box cells{cell, cell + packed.size};
            place.pieces.push_back(
                {.piece = {.segment = packed.segment, .cells = cells, .start = packed.start},
                 .contig = packed.contig,
                 .sequence = packed.sequence});
            cell = cells.end;
        }
        place.ranges = reader.get_vector<BgzfRange>();
        place.unpack_names(reader.get_string());
        place.regions = reader.get_string();
        return place;
    }

private:
    /// A piece without its cells, which begin where those of the piece before end: a block may have
    /// thousands.
    struct PackedPiece {
        Index start;
        std::int32_t size; // BAM has 32 bits for lengths and for numbers of contigs
        std::int32_t segment;
        std::int32_t contig;
        std::int32_t sequence;
    };

    void unpack_names(std::string_view names)
    {
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const bool is_same = i > 0 && pieces[i - 1].contig == pieces[i].contig;
            pieces[i].name = is_same ? pieces[i - 1].name : std::string(take_text(names));
        }
    }
};

} // namespace swather
