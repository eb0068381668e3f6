// SPDX-License-Identifier: MIT
#include "sources/bam_place.hpp"

#include "results/records.hpp"

#include <algorithm>

namespace swather {

namespace {

/// Appends a piece, most of which the one before tells: there may be millions of them, a few thousand in a
/// block. Its cells begin where those of the piece before end.
void put_piece(std::string& packed, const BamPiece& one, const BamPiece& before)
{
    put_signed(packed, one.piece.segment - before.piece.segment);
    put_signed(packed, one.contig - before.contig);
    put_signed(packed, Index{one.sequence} - before.sequence);
    put_signed(packed, one.piece.start);
    put_varint(packed, static_cast<std::uint64_t>(one.piece.cells.size()));
    const auto [end, ignored] =
        std::mismatch(one.name.begin(), one.name.end(), before.name.begin(), before.name.end());
    const auto shared = static_cast<std::size_t>(end - one.name.begin());
    put_varint(packed, shared);
    put_text(packed, std::string_view(one.name).substr(shared));
}

BamPiece take_piece(std::string_view& packed, const BamPiece& before)
{
    BamPiece one;
    one.piece.segment = before.piece.segment + take_signed(packed);
    one.contig = before.contig + take_signed(packed);
    one.sequence = static_cast<std::int32_t>(before.sequence + take_signed(packed));
    one.piece.start = take_signed(packed);
    one.piece.cells.begin = before.piece.cells.end;
    one.piece.cells.end = one.piece.cells.begin + static_cast<Index>(take_varint(packed));
    one.name = before.name.substr(0, take_varint(packed));
    one.name += take_text(packed);
    return one;
}

} // namespace

Bytes BamPlace::pack() const
{
    BamPiece before{};
    if (!pieces.empty()) before.piece.cells.end = pieces.front().piece.cells.begin;
    Bytes bytes;
    put(bytes, contigs);
    put(bytes, before.piece.cells.end);
    std::string packed;
    for (const BamPiece& one : pieces) {
        put_piece(packed, one, before);
        before = one;
    }
    bytes.reserve(bytes.size() + packed.size() + std::as_bytes(std::span(ranges)).size() + regions.size() +
                  3 * sizeof(std::uint64_t));
    put(bytes, std::string_view(packed));
    put(bytes, std::span<const BgzfRange>(ranges));
    put(bytes, std::string_view(regions));
    return bytes;
}

BamPlace BamPlace::unpack(const Bytes& bytes)
{
    BytesReader reader(bytes);
    BamPlace place;
    place.contigs = reader.get<Index>();
    BamPiece before{};
    before.piece.cells.end = reader.get<Index>();
    const std::string all = reader.get_string();
    for (std::string_view packed = all; !packed.empty();) {
        before = take_piece(packed, before);
        place.pieces.push_back(before);
    }
    place.ranges = reader.get_vector<BgzfRange>();
    place.regions = reader.get_string();
    return place;
}

} // namespace swather
