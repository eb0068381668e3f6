// SPDX-License-Identifier: MIT
#include "output/chunk_stream.hpp"

#include "base/hash.hpp"
#include "mpi/agree.hpp"

#include <algorithm>
#include <numeric>

namespace swather {

ChunkStream::ChunkStream(const Communicator& comm, Journal& journal, ChunkedDataset dataset, int level)
    : comm_(comm)
    , journal_(journal)
    , dataset_(std::move(dataset))
    , cell_size_(size_of(dataset_.type))
    , codec_(level)
{
}

/// Each chunk has one owner: the rank that has its first cell, or root where the round ends within it. What a
/// rank has of others' chunks, the cells before its first chunk and those of the unfinished one, it sends.
std::vector<Bytes> ChunkStream::send_to_owners(std::span<const std::byte> cells, Index first, Index end,
                                               std::span<const Index> counts) const
{
    std::vector<Bytes> out(counts.size());
    const Index chunk = dataset_.chunk;
    const Index mine = counts[static_cast<std::size_t>(comm_.rank())];
    const Index unfinished = end / chunk * chunk;
    const auto send = [&](std::size_t to, Index from, Index until) {
        if (from < until)
            swather::append(out[to], cells.subspan(static_cast<std::size_t>(from - first) * cell_size_,
                                                   static_cast<std::size_t>(until - from) * cell_size_));
    };
    // The rank that has the first cell of the chunk in which mine begin.
    const Index chunk_begin = first / chunk * chunk;
    std::size_t owner = static_cast<std::size_t>(comm_.rank());
    for (Index begin = first; begin > chunk_begin;) begin -= counts[--owner];
    const Index whole =
        std::min({chunk_begin == first ? first : chunk_begin + chunk, first + mine, unfinished});
    send(owner, first, std::min(whole, first + mine));
    send(static_cast<std::size_t>(comm_.rank()), std::max(whole, first), std::min(first + mine, unfinished));
    send(0, std::max(first, unfinished), first + mine);
    return out;
}

Index ChunkStream::append(std::span<const std::byte> cells)
{
    const auto added = static_cast<Index>(cells.size() / cell_size_);
    std::vector<Index> counts = comm_.all_gather(added);
    Index before = dataset_.cells;
    for (int rank = 0; rank < comm_.rank(); ++rank) before += counts[static_cast<std::size_t>(rank)];
    const Index begun = dataset_.cells % dataset_.chunk;
    const Index end = dataset_.cells + std::accumulate(counts.begin(), counts.end(), Index{0});

    // Root has the begun chunk, before its cells of this round.
    counts[0] += begun;
    Index first = before;
    if (comm_.is_root() && begun > 0) {
        swather::append(begun_, cells);
        cells = begun_;
        first -= begun;
    }
    const auto in = comm_.exchange(send_to_owners(cells, first, end, counts));

    // In the order of ranks; what was sent to root for the unfinished chunk stands behind all whole ones.
    Bytes all;
    for (const Bytes& one : in) swather::append(all, one);
    const auto chunk_size = static_cast<std::size_t>(dataset_.chunk) * cell_size_;
    Index number = (first + dataset_.chunk - 1) / dataset_.chunk;
    std::span<const std::byte> rest = all;
    agree(comm_, [&] {
        for (; rest.size() >= chunk_size; rest = rest.subspan(chunk_size))
            encode(rest.first(chunk_size), number++);
    });
    if (comm_.is_root()) begun_ = Bytes(rest.begin(), rest.end());
    dataset_.cells = end;
    return before;
}

ChunkedDataset ChunkStream::finish() &&
{
    agree(comm_, [&] {
        if (begun_.empty()) return;
        const Index number = dataset_.cells / dataset_.chunk;
        if (number > 0) begun_.resize(static_cast<std::size_t>(dataset_.chunk) * cell_size_);
        encode(begun_, number);
    });
    // A dataset cannot be shorter than its chunk.
    dataset_.chunk = std::min(dataset_.chunk, std::max<Index>(dataset_.cells, 1));
    return std::move(dataset_);
}

void ChunkStream::encode(std::span<const std::byte> chunk, Index number)
{
    Bytes encoded;
    const std::size_t size = codec_.append(chunk, cell_size_, encoded);
    dataset_.chunks.push_back({number, size, hash_of(encoded), journal_.put_aside(encoded)});
}

} // namespace swather
