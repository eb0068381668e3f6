// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "sources/regions_view.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// The operations of a CIGAR, by their numbers in BAM.
enum class CigarOperation : std::uint32_t {
    match = 0,
    insertion = 1,
    deletion = 2,
    skip = 3,
    soft_clip = 4,
    hard_clip = 5,
    padding = 6,
    equal = 7,
    difference = 8,
};

/// One run of a CIGAR, packed as BAM has it, which may stand at any byte: 28 bits of length, 4 of operation.
class Cigar {
public:
    explicit Cigar(std::uint32_t packed) { std::memcpy(bytes_.data(), &packed, sizeof packed); }

    [[nodiscard]] CigarOperation operation() const { return static_cast<CigarOperation>(packed() & 0xf); }
    [[nodiscard]] Index length() const { return packed() >> 4; }

private:
    [[nodiscard]] std::uint32_t packed() const
    {
        std::uint32_t packed = 0;
        std::memcpy(&packed, bytes_.data(), sizeof packed);
        return packed;
    }

    std::array<std::byte, sizeof(std::uint32_t)> bytes_;
};

/// An alignment record, as far as depth needs it, placed on the cells of one piece of a block.
struct Read {
    Index start = 0; ///< cell of its first aligned base; before `clip` where the read began before the piece
    Index end = 0;   ///< one past that of the last; behind start also where no base is aligned
    Box clip;        ///< the cells of the piece: a read counts inside them only
    std::uint16_t flag = 0;
    std::uint8_t mapq = 0;
    Index base_count = 0; ///< 0 where the record has none
    std::span<const Cigar> cigar;
    std::span<const std::uint8_t> qualities; ///< one for each base; empty where the record has none

    // Where they were asked for:
    std::string_view name{};
    std::optional<Index> mate_start{};  ///< cell where the mate begins; none where that is on another contig
    Index template_length = 0;          ///< as the record says it: negative of the right mate
    std::string_view read_group{};      ///< empty where there is none
    bool mate_elsewhere = false;        ///< the mate lies on another contig
    std::span<const std::byte> bases{}; ///< two in a byte, as BAM has them
    bool keeps_bases = false; ///< of both mates' bases on a position, those of the first may be kept: what
                              ///< samtools mpileup draws by a hash of the name
};

/// A part of a segment that lies on a block, and the contig of that segment.
struct ReadsPiece : Piece {
    Index contig = 0; ///< its number in the header
    std::string contig_name{};
};

/// The reads of one block, in batches, those of a piece in the order of the file. A read that lies in two
/// pieces comes once for each; those of a margin around each piece come too, where one was asked for. What a
/// batch points to lives until the next.
class ReadsView {
public:
    using NextBatch = std::function<std::span<const Read>()>;
    using ReferenceBases = std::function<std::vector<char>()>;

    ReadsView(
        Box core, std::vector<ReadsPiece> pieces, NextBatch next_batch,
        NextRegion next_region = [] { return std::nullopt; }, ReferenceBases reference_bases = {})
        : core_(core)
        , pieces_(std::move(pieces))
        , next_batch_(std::move(next_batch))
        , next_region_(std::move(next_region))
        , reference_bases_(std::move(reference_bases))
    {
    }

    /// The cells of the block.
    [[nodiscard]] const Box& core() const { return core_; }
    /// The parts of segments in it, in the order of cells.
    [[nodiscard]] const std::vector<ReadsPiece>& pieces() const { return pieces_; }
    /// Local. The next reads; empty at the end.
    std::span<const Read> next_batch() { return next_batch_(); }
    /// Local. The next region of those that are summed up; none at the end.
    std::optional<Region> next_region() { return next_region_(); }
    /// Local. The base of the reference on each cell, as it is written there; there must be a reference.
    [[nodiscard]] std::vector<char> reference_bases() const { return reference_bases_(); }

private:
    Box core_;
    std::vector<ReadsPiece> pieces_;
    NextBatch next_batch_;
    NextRegion next_region_;
    ReferenceBases reference_bases_;
};

} // namespace swather
