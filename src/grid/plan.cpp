// SPDX-License-Identifier: MIT
#include "grid/plan.hpp"

namespace swather {

Block PlanPart::block(Index id) const
{
    const Box domain{0, cells};
    const Index begin = (id - first) * block_size;
    const Box core = intersect({begin, begin + block_size}, domain);
    return {.id = id, .core = core, .reach = grow(core, halo, domain), .part = number};
}

PlanPart split(Index cells, Index block_size, Index halo, Index width)
{
    // HDF5 refuses a chunk that is larger than a dataset of fixed size.
    const Index wanted = std::max<Index>(1, std::min(block_size, cells));
    const Index chunk = std::clamp<Index>(largest_chunk / std::max<Index>(width, 1), 1, wanted);
    const Index whole_chunks = (wanted + chunk - 1) / chunk;
    return {.cells = cells, .block_size = whole_chunks * chunk, .chunk = chunk, .halo = halo};
}

Plan::Plan(std::span<const Index> cells, Index block_size, Index halo, Index width)
{
    for (const Index of_part : cells) {
        PlanPart part = split(of_part, block_size, halo, width);
        part.number = std::ssize(parts_);
        part.first = size();
        parts_.push_back(part);
    }
}

Index Plan::cells() const
{
    Index cells = 0;
    for (const PlanPart& part : parts_) cells += part.cells;
    return cells;
}

Index Plan::block_size() const
{
    Index largest = 1;
    for (const PlanPart& part : parts_) largest = std::max(largest, part.block_size);
    return largest;
}

Index Plan::chunk() const
{
    Index largest = 1;
    for (const PlanPart& part : parts_) largest = std::max(largest, part.chunk);
    return largest;
}

Block Plan::block(Index id) const
{
    const auto part = std::partition_point(parts_.begin(), parts_.end(),
                                           [&](const PlanPart& one) { return one.ids().end <= id; });
    return part->block(id);
}

Bytes Plan::pack() const
{
    Bytes bytes;
    put(bytes, std::span<const PlanPart>(parts_));
    return bytes;
}

Plan Plan::unpack(const Bytes& bytes)
{
    Plan plan;
    plan.parts_ = BytesReader(bytes).get_vector<PlanPart>();
    return plan;
}

} // namespace swather
