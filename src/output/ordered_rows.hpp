// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "mpi/communicator.hpp"
#include "output/journal.hpp"
#include "results/kernel.hpp"

#include <optional>
#include <vector>

namespace swather {

/// The rows of all blocks, in the order of blocks, round by round: in each, every rank has the next of them.
///
/// Where a batch begins among all rows is known to the rank that holds it, once all know how many rows each
/// block has. From that follows which rank has it in which round: about as many rows for each, however the
/// blocks lie in the journals.
class OrderedRows {
public:
    /// Collective. From output number `number` of those entries of the journals that are of these blocks.
    /// `bytes`: of cells that a rank makes in a round, about; at least those of the largest batch.
    OrderedRows(const Communicator& comm, Journal& journal, const Box& blocks, const RowsOutput& output,
                std::size_t number, double bytes);

    /// Local. The columns of the rows, the same on all ranks.
    [[nodiscard]] const std::vector<CellColumn>& columns() const { return columns_; }
    /// Collective. The cells of this rank's rows in the next round, for each column. None, on all ranks, when
    /// there are no more.
    std::optional<std::vector<Cells>> next();

private:
    struct Batch {
        Index first_row = 0; ///< in its block, then of all
        Index block = 0;
        Place place;
        std::uint64_t size = 0;
        std::uint64_t hash = 0;
    };
    struct BlockRows {
        Index block = 0;
        Index rows = 0;
    };

    std::vector<BlockRows> read_heads(const Box& blocks, std::size_t number, std::vector<Bytes>& traits);
    [[nodiscard]] std::vector<Index> first_rows(const std::vector<BlockRows>& mine, const Box& blocks) const;
    [[nodiscard]] std::vector<Bytes> batches_of_round();
    [[nodiscard]] std::vector<Cells> unpack(const std::vector<Bytes>& of_ranks) const;

    const Communicator& comm_;
    Journal& journal_;
    const RowsOutput& output_;
    std::vector<CellColumn> columns_;
    Index rows_of_a_rank_ = 1;   ///< in a round
    Index largest_batch_ = 0;    ///< rows of the largest
    std::vector<Batch> batches_; ///< of this rank, in order
    std::size_t next_batch_ = 0;
    Index rows_ = 0;        ///< of all ranks
    Index round_begin_ = 0; ///< the first row of the next round
};

} // namespace swather
