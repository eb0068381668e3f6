// SPDX-License-Identifier: MIT
#include "output/ordered_rows.hpp"

#include "base/hash.hpp"
#include "base/stop.hpp"
#include "mpi/agree.hpp"
#include "output/append_columns.hpp"
#include "output/encode.hpp"
#include "output/traits.hpp"

#include <algorithm>
#include <map>

namespace swather {

namespace {

/// Of the cells of a row: a short text takes its bytes and its offset.
constexpr double bytes_of_a_cell = 16;

/// What stands before a batch that is sent.
struct SentBatch {
    Index first_row = 0;
    std::uint64_t size = 0;
};

} // namespace

OrderedRows::OrderedRows(const Communicator& comm, Journal& journal, const Box& blocks,
                         const RowsOutput& output, std::size_t number, double bytes)
    : comm_(comm)
    , journal_(journal)
    , output_(output)
{
    std::vector<BlockRows> mine;
    std::vector<Bytes> traits;
    agree(comm_, [&] { mine = read_heads(blocks, number, traits); });
    traits = traits_of_all(comm_, traits);
    agree(comm_, [&] { columns_ = output_.columns(traits); });
    // A batch is unpacked whole: in rounds of less there would be ranks, and whole rounds, without any.
    const double wanted = bytes / (bytes_of_a_cell * static_cast<double>(columns_.size()));
    largest_batch_ = -comm_.minimum(-largest_batch_);
    rows_of_a_rank_ = std::max({Index{1}, static_cast<Index>(wanted), largest_batch_});
    // Of whole chunks each rank has the same number to encode, and few cells to send.
    if (rows_of_a_rank_ > rows_of_a_chunk) rows_of_a_rank_ -= rows_of_a_rank_ % rows_of_a_chunk;
    const std::vector<Index> first_row = first_rows(mine, blocks);
    rows_ = first_row.back();
    for (Batch& batch : batches_)
        batch.first_row += first_row[static_cast<std::size_t>(batch.block - blocks.begin)];
}

/// Rows of each block that this rank has; their batches come into the list, what they tell into `traits`.
std::vector<OrderedRows::BlockRows> OrderedRows::read_heads(const Box& blocks, std::size_t number,
                                                            std::vector<Bytes>& traits)
{
    std::vector<BlockRows> rows_of_blocks;
    for (const Journal::Entry& entry : journal_.entries_of(blocks)) {
        throw_if_stopped();
        const PartView part = part_of(journal_.read_head(entry), number);
        Place place = entry.body();
        place.offset += part.body_begin;
        Index rows = 0;
        StoredRows of_block = stored_rows(part);
        traits.push_back(std::move(of_block.traits));
        for (const StoredBatch& stored : of_block.batches) {
            batches_.push_back({.first_row = rows,
                                .block = entry.block,
                                .place = place,
                                .size = stored.size,
                                .hash = stored.hash});
            largest_batch_ = std::max(largest_batch_, stored.rows);
            rows += stored.rows;
            place.offset += stored.size;
        }
        rows_of_blocks.push_back({entry.block, rows});
    }
    return rows_of_blocks;
}

/// The first row of each block, and behind the last the number of rows.
std::vector<Index> OrderedRows::first_rows(const std::vector<BlockRows>& mine, const Box& blocks) const
{
    std::vector<Index> first(static_cast<std::size_t>(blocks.size()) + 1);
    for (const auto& of_rank : comm_.gather(mine))
        for (const BlockRows& one : of_rank)
            first.at(static_cast<std::size_t>(one.block - blocks.begin) + 1) = one.rows;
    for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
    Bytes bytes;
    if (comm_.is_root()) put(bytes, std::span<const Index>(first));
    bytes = comm_.broadcast(std::move(bytes));
    return BytesReader(bytes).get_vector<Index>();
}

/// For each rank those batches of this one that begin among its rows of the round.
std::vector<Bytes> OrderedRows::batches_of_round()
{
    std::vector<Bytes> out(static_cast<std::size_t>(comm_.size()));
    const Index end = round_begin_ + rows_of_a_rank_ * comm_.size();
    const auto rank_of = [&](const Batch& batch) {
        return static_cast<std::size_t>((batch.first_row - round_begin_) / rows_of_a_rank_);
    };
    std::vector<std::size_t> sizes(out.size());
    for (auto i = next_batch_; i < batches_.size() && batches_[i].first_row < end; ++i)
        sizes[rank_of(batches_[i])] += sizeof(SentBatch) + batches_[i].size;
    for (std::size_t rank = 0; rank < out.size(); ++rank) out[rank].reserve(sizes[rank]);
    for (; next_batch_ < batches_.size() && batches_[next_batch_].first_row < end; ++next_batch_) {
        throw_if_stopped();
        const Batch& batch = batches_[next_batch_];
        Bytes& of_rank = out[rank_of(batch)];
        put(of_rank, SentBatch{batch.first_row, batch.size});
        of_rank.resize(of_rank.size() + batch.size);
        const auto packed = std::span(of_rank).last(batch.size);
        journal_.read(batch.place, packed);
        if (hash_of(packed) != batch.hash)
            throw Journal::damaged(fmt::format("rows of block {}", batch.block));
    }
    return out;
}

std::vector<Cells> OrderedRows::unpack(const std::vector<Bytes>& of_ranks) const
{
    std::map<Index, std::string_view> batches;
    for (const Bytes& of_rank : of_ranks)
        for (auto rest = std::span(of_rank); !rest.empty();) {
            const auto head = BytesReader(rest).get<SentBatch>();
            const auto packed = rest.subspan(sizeof head, head.size);
            batches.emplace(head.first_row,
                            std::string_view(reinterpret_cast<const char*>(packed.data()), packed.size()));
            rest = rest.subspan(sizeof head + head.size);
        }
    std::vector<Cells> cells = no_cells(columns_);
    if (!batches.empty()) { // the last may begin with the last row of this rank's share
        const Index most = std::min(rows_of_a_rank_ + largest_batch_, rows_ - batches.begin()->first);
        reserve(cells, static_cast<std::size_t>(most));
    }
    for (const auto& [first_row, packed] : batches) output_.unpack(packed, cells);
    return cells;
}

std::optional<std::vector<Cells>> OrderedRows::next()
{
    if (round_begin_ >= rows_) return std::nullopt;
    std::vector<Bytes> out;
    agree(comm_, [&] { out = batches_of_round(); });
    const std::vector<Bytes> in = comm_.exchange(std::move(out));
    std::vector<Cells> cells;
    agree(comm_, [&] { cells = unpack(in); });
    round_begin_ += rows_of_a_rank_ * comm_.size();
    return cells;
}

} // namespace swather
