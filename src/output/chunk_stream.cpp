// SPDX-License-Identifier: MIT
#include "output/chunk_stream.hpp"

#include "base/hash.hpp"
#include "mpi/agree.hpp"

#include <algorithm>

namespace swather {

ChunkStream::ChunkStream(const Communicator& comm, Journal& journal, ChunkedDataset dataset,
                         ChunkCodec& codec)
    : comm_(comm)
    , journal_(journal)
    , dataset_(std::move(dataset))
    , cell_size_(size_of(dataset_.type))
    , codec_(codec)
{
}

// The owner of a chunk is the rank that has its first cell; the others send it what they have of the chunk.
Index ChunkStream::append(std::span<const std::byte> cells)
{
    const Index chunk = dataset_.chunk;
    std::vector<Index> begins{dataset_.cells}; // of the ranks' cells, and where the last rank's end
    for (const Index count : comm_.all_gather(static_cast<Index>(cells.size() / cell_size_)))
        begins.push_back(begins.back() + count);
    const auto rank = static_cast<std::size_t>(comm_.rank());
    const Box mine{begins[rank], begins[rank + 1]};
    const auto owner_of = [&](Index number) {
        const Index first = number * chunk;
        if (first < begins.front()) return owner_of_begun_; // since an earlier round
        const auto behind = std::upper_bound(begins.begin(), begins.end(), first);
        return static_cast<std::size_t>(behind - begins.begin()) - 1;
    };

    const Index first_of_mine = (mine.begin + chunk - 1) / chunk;
    const Index shared = std::min(first_of_mine * chunk, mine.end) - mine.begin;
    const auto of_others = cells.first(static_cast<std::size_t>(shared) * cell_size_);
    std::vector<Bytes> out(begins.size() - 1);
    if (shared > 0) swather::append(out[owner_of(mine.begin / chunk)], of_others);
    const auto in = comm_.exchange(std::move(out));
    agree(comm_, [&] {
        for (std::size_t r = 0; r < in.size(); ++r) {
            go_on(in[r]);
            if (r == rank) begin(cells.subspan(of_others.size()), first_of_mine);
        }
    });
    dataset_.cells = begins.back();
    if (dataset_.cells % chunk != 0) owner_of_begun_ = owner_of(dataset_.cells / chunk);
    return mine.begin;
}

/// Cells from the beginning of a chunk on: whole chunks are encoded where they lie.
void ChunkStream::begin(std::span<const std::byte> cells, Index number)
{
    for (const std::size_t size = chunk_size(); cells.size() >= size; cells = cells.subspan(size))
        encode(cells.first(size), number++);
    if (cells.empty()) return;
    swather::append(begun_, cells);
    begun_number_ = number;
}

/// The next cells of the begun chunk, and none beyond its end.
void ChunkStream::go_on(std::span<const std::byte> cells)
{
    swather::append(begun_, cells);
    if (begun_.size() < chunk_size()) return;
    encode(begun_, begun_number_);
    begun_.clear();
}

ChunkedDataset ChunkStream::finish() &&
{
    agree(comm_, [&] {
        if (begun_.empty()) return;
        if (begun_number_ > 0) begun_.resize(chunk_size()); // HDF5 stores it whole, but for the only one
        encode(begun_, begun_number_);
    });
    // A dataset cannot be shorter than its chunk.
    dataset_.chunk = std::min(dataset_.chunk, std::max<Index>(dataset_.cells, 1));
    return std::move(dataset_);
}

std::size_t ChunkStream::chunk_size() const { return static_cast<std::size_t>(dataset_.chunk) * cell_size_; }

void ChunkStream::encode(std::span<const std::byte> chunk, Index number)
{
    Bytes encoded;
    const std::size_t size = codec_.append(chunk, cell_size_, encoded);
    dataset_.chunks.push_back({number, size, hash_of(encoded), journal_.put_aside(encoded)});
}

} // namespace swather
