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

// Each chunk has one owner: the rank that has its first cell, or root, where the round ends within it. What a
// rank has of others' chunks, the cells before its first chunk and those of the unfinished one, it sends.
Index ChunkStream::append(std::span<const std::byte> cells)
{
    const Index chunk = dataset_.chunk;
    const auto mine = static_cast<Index>(cells.size() / cell_size_);
    std::vector<Index> counts = comm_.all_gather(mine);
    const Index first = std::accumulate(counts.begin(), counts.begin() + comm_.rank(), dataset_.cells);
    const Index end = std::accumulate(counts.begin(), counts.end(), dataset_.cells);
    counts[0] += dataset_.cells % chunk; // of the round before

    Box kept{first, first + mine};
    std::vector<Bytes> out(counts.size());
    if (!comm_.is_root()) {
        const auto send = [&](std::size_t to, Index from, Index until) {
            swather::append(out[to], cells.subspan(static_cast<std::size_t>(from - first) * cell_size_,
                                                   static_cast<std::size_t>(until - from) * cell_size_));
        };
        const Index unfinished = end / chunk * chunk;
        kept.begin =
            std::min({(first + chunk - 1) / chunk * chunk, first + mine, std::max(first, unfinished)});
        kept.end = std::clamp(unfinished, kept.begin, first + mine);
        auto owner = static_cast<std::size_t>(comm_.rank()); // of the chunk in which mine begin
        for (Index begin = first; begin > first / chunk * chunk;) begin -= counts[--owner];
        send(owner, first, kept.begin);
        send(0, kept.end, first + mine);
    }
    const auto in = comm_.exchange(std::move(out));

    next_chunk_ = kept.begin / chunk;
    agree(comm_, [&] {
        take(cells.subspan(static_cast<std::size_t>(kept.begin - first) * cell_size_,
                           static_cast<std::size_t>(kept.size()) * cell_size_));
        for (const Bytes& of_rank : in) take(of_rank);
    });
    dataset_.cells = end;
    return first;
}

/// Encodes chunks where they lie, but for one that comes in parts.
void ChunkStream::take(std::span<const std::byte> cells)
{
    const auto chunk_size = static_cast<std::size_t>(dataset_.chunk) * cell_size_;
    if (!begun_.empty()) {
        const auto part = cells.first(std::min(cells.size(), chunk_size - begun_.size()));
        swather::append(begun_, part);
        cells = cells.subspan(part.size());
        if (begun_.size() < chunk_size) return;
        encode(begun_);
        begun_.clear();
    }
    for (; cells.size() >= chunk_size; cells = cells.subspan(chunk_size)) encode(cells.first(chunk_size));
    swather::append(begun_, cells);
}

ChunkedDataset ChunkStream::finish() &&
{
    agree(comm_, [&] {
        if (begun_.empty()) return;
        next_chunk_ = dataset_.cells / dataset_.chunk;
        if (next_chunk_ > 0) begun_.resize(static_cast<std::size_t>(dataset_.chunk) * cell_size_);
        encode(begun_);
    });
    // A dataset cannot be shorter than its chunk.
    dataset_.chunk = std::min(dataset_.chunk, std::max<Index>(dataset_.cells, 1));
    return std::move(dataset_);
}

void ChunkStream::encode(std::span<const std::byte> chunk)
{
    Bytes encoded;
    const std::size_t size = codec_.append(chunk, cell_size_, encoded);
    dataset_.chunks.push_back({next_chunk_++, size, hash_of(encoded), journal_.put_aside(encoded)});
}

} // namespace swather
