// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/box.hpp"

namespace swather {

/// The unit of work and of restart.
struct Block {
    Index id = 0;
    Box core;        ///< the cells that it owns
    Box reach;       ///< core and halo: the cells that it may read
    double cost = 0; ///< the source's estimate, in units that only compare
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

/// The ordered list of blocks of one domain. It is arithmetic, not storage, so that every rank knows all of
/// it from these four numbers; and it never depends on the number of ranks.
struct Plan {
    Index cells = 0;      ///< size of the domain
    Index block_size = 1; ///< cells of every block but the last
    Index chunk = 1;      ///< cells of an HDF5 chunk; a block is whole chunks, so no chunk has two owners
    Index halo = 0;

    /// Local. The number of blocks.
    [[nodiscard]] Index size() const { return (cells + block_size - 1) / block_size; }
    /// Local. Block `id`, without its cost.
    [[nodiscard]] Block block(Index id) const;
};

/// Elements of the largest chunk: 1 MiB of int32, the size of HDF5's default chunk cache.
inline constexpr Index largest_chunk = 262'144;

/// Local. Cuts a domain of `cells` cells into blocks of `block_size` (at least 1). A block of more than one
/// chunk is made a multiple of the chunk. `width`: the elements of one cell, where it has more than one.
Plan split(Index cells, Index block_size, Index halo, Index width = 1);

} // namespace swather
