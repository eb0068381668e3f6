// SPDX-License-Identifier: MIT
#include "grid/plan.hpp"

namespace swather {

Block Plan::block(Index id) const
{
    const Box domain{0, cells};
    const Box core = intersect({id * block_size, (id + 1) * block_size}, domain);
    return {.id = id, .core = core, .reach = grow(core, halo, domain)};
}

Plan split(Index cells, Index block_size, Index halo, Index width)
{
    // HDF5 refuses a chunk that is larger than a dataset of fixed size.
    const Index wanted = std::max<Index>(1, std::min(block_size, cells));
    const Index chunk = std::clamp<Index>(largest_chunk / std::max<Index>(width, 1), 1, wanted);
    const Index whole_chunks = (wanted + chunk - 1) / chunk;
    return {.cells = cells, .block_size = whole_chunks * chunk, .chunk = chunk, .halo = halo};
}

} // namespace swather
