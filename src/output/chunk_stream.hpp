// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"
#include "output/chunk_codec.hpp"
#include "output/content.hpp"

namespace swather {

/// A dataset whose cells come in rounds: in each, every rank has the next of them, in the order of ranks, and
/// nobody knows beforehand how many. They are cut into whole chunks, encoded, and put aside; where chunks
/// begin depends on neither rounds nor ranks.
class ChunkStream {
public:
    /// Local. `dataset` without its cells and chunks; its chunk size is that of all but a short dataset.
    ChunkStream(const Communicator& comm, Journal& journal, ChunkedDataset dataset, int level);

    /// Collective. Appends this rank's cells of the round. Returns how many cells stand before them.
    Index append(std::span<const std::byte> cells);
    /// Collective. Ends the dataset, and hands it over.
    ChunkedDataset finish() &&;

    /// Local. The cells of all rounds so far.
    [[nodiscard]] Index cells() const { return dataset_.cells; }

private:
    [[nodiscard]] std::vector<Bytes> send_to_owners(std::span<const std::byte> cells, Index first, Index end,
                                                    std::span<const Index> counts) const;
    void encode(std::span<const std::byte> chunk, Index number);

    const Communicator& comm_;
    Journal& journal_;
    ChunkedDataset dataset_;
    std::size_t cell_size_;
    ChunkCodec codec_;
    Bytes begun_; ///< root's: the cells of the last chunk, as long as it is not whole
};

} // namespace swather
