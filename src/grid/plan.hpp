// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/box.hpp"

#include <span>
#include <vector>

namespace swather {

/// The unit of work and of restart.
struct Block {
    Index id = 0;
    Box core;        ///< the cells that it owns
    Box reach;       ///< core and halo: the cells that it may read
    double cost = 0; ///< the source's estimate, in units that only compare
    Index part = 0;  ///< of the domain, whose cells those of the block are
};

/// A block as rank 0 scatters it: with the source's own note of where in the input its data lie.
struct Descriptor {
    Block block;
    Bytes where;
};

/// What a block's reading has taken for granted of the blocks before it, and what it hands on to those behind
/// it: bytes that its source knows.
struct BlockLink {
    Index block = 0;
    Bytes link;
};

/// How large blocks should be where the user does not say: so that they hold about so many bytes of input,
/// within these limits in cells.
struct BlockSizes {
    Index smallest = 1;
    Index largest = 1;
    // About 0.1 s of work: short enough to balance and to lose, long enough that its borders cost nothing.
    double wanted_bytes = 8 << 20;
};

/// The ordered list of blocks of one part of a domain, which mostly is all of it. It is arithmetic, not
/// storage.
struct PlanPart {
    Index cells = 0;      ///< size of the part
    Index block_size = 1; ///< cells of every block but the last
    Index chunk = 1;      ///< cells of an HDF5 chunk; a block is whole chunks, so no chunk has two owners
    Index halo = 0;
    Index number = 0; ///< of the part
    Index first = 0;  ///< id of its first block

    /// Local. The number of blocks.
    [[nodiscard]] Index size() const { return (cells + block_size - 1) / block_size; }
    /// Local. The ids of the blocks.
    [[nodiscard]] Box ids() const { return {first, first + size()}; }
    /// Local. Block `id`, without its cost.
    [[nodiscard]] Block block(Index id) const;
};

/// Elements of the largest chunk: 1 MiB of int32, the size of HDF5's default chunk cache.
inline constexpr Index largest_chunk = 262'144;

/// Local. Cuts a domain of `cells` cells into blocks of `block_size` (at least 1). A block of more than one
/// chunk is made a multiple of the chunk. `width`: the elements of one cell, where it has more than one.
PlanPart split(Index cells, Index block_size, Index halo, Index width = 1);

/// The ordered list of blocks of one domain: those of its parts (samples, say), one part after the other. A
/// block lies in one part. Every rank knows all of it from a few numbers for each part; and it never depends
/// on the number of ranks.
class Plan {
public:
    Plan() = default; ///< of a domain without parts
    /// Local. Of a domain in one part.
    Plan(const PlanPart& only)
        : parts_{only}
    {
    }
    /// Local. Cuts parts of so many cells, as split() does each of them.
    Plan(std::span<const Index> cells, Index block_size, Index halo, Index width = 1);

    /// Local. The parts, in order; one of no cells has no blocks.
    [[nodiscard]] const std::vector<PlanPart>& parts() const { return parts_; }
    /// Local. The part in which a block lies.
    [[nodiscard]] const PlanPart& part_of(const Block& block) const
    {
        return parts_[static_cast<std::size_t>(block.part)];
    }
    /// Local. The number of blocks.
    [[nodiscard]] Index size() const { return parts_.empty() ? 0 : parts_.back().ids().end; }
    /// Local. The cells of all parts.
    [[nodiscard]] Index cells() const;
    /// Local. The cells of the largest block: parts are cut the same when they are cut by it.
    [[nodiscard]] Index block_size() const;
    /// Local. The cells of the largest chunk.
    [[nodiscard]] Index chunk() const;
    /// Local. Block `id`, without its cost.
    [[nodiscard]] Block block(Index id) const;

    /// Local. The plan as it travels.
    [[nodiscard]] Bytes pack() const;
    static Plan unpack(const Bytes& bytes);

private:
    std::vector<PlanPart> parts_;
};

} // namespace swather
