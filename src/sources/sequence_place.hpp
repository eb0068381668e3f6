// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "results/records.hpp"
#include "sources/fasta_index.hpp"
#include "sources/text_file.hpp"

#include <string>
#include <vector>

namespace swather {

/// A part of a contig that lies on a block.
struct SequencePiece {
    std::string name;
    Index contig = 0; ///< its number in the file
    FastaLines lines;
    Index start = 0; ///< position of its first base
    Index owned = 0; ///< bases of the block
    Index end = 0;   ///< one past the last position that is read: behind those owned, some to be looked at
};

/// Where the bases of one block lie, as it travels in a descriptor: a rank that has it needs no index.
struct SequencePlace {
    std::string path;
    Packing packing = Packing::plain;
    std::uint64_t address = 0;           ///< to which a TextFile seeks
    Index byte = 0;                      ///< the same, in the text
    bool is_last = false;                ///< behind the last piece there is nothing but the end of the file
    std::vector<SequencePiece> pieces{}; ///< in the order of the file, each of another contig

    [[nodiscard]] Bytes pack() const
    {
        std::string packed;
        put_text(packed, path);
        put_varint(packed, static_cast<std::uint64_t>(packing));
        put_varint(packed, address);
        put_signed(packed, byte);
        put_signed(packed, is_last ? 1 : 0);
        for (const auto& [name, contig, lines, start, owned, end] : pieces) {
            put_text(packed, name);
            for (const Index number :
                 {contig, lines.length, lines.offset, lines.line_bases, lines.line_bytes, start, owned, end})
                put_signed(packed, number);
        }
        const auto bytes = std::as_bytes(std::span(packed));
        return {bytes.begin(), bytes.end()};
    }

    static SequencePlace unpack(const Bytes& bytes)
    {
        std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        SequencePlace place;
        place.path = take_text(rest);
        place.packing = static_cast<Packing>(take_varint(rest));
        place.address = take_varint(rest);
        place.byte = take_signed(rest);
        place.is_last = take_signed(rest) != 0;
        while (!rest.empty()) {
            SequencePiece& piece = place.pieces.emplace_back();
            piece.name = take_text(rest);
            for (Index* number :
                 {&piece.contig, &piece.lines.length, &piece.lines.offset, &piece.lines.line_bases,
                  &piece.lines.line_bytes, &piece.start, &piece.owned, &piece.end})
                *number = take_signed(rest);
        }
        return place;
    }
};

} // namespace swather
