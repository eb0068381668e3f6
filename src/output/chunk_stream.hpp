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
    /// Streams that take turns may share a codec.
    ChunkStream(const Communicator& comm, Journal& journal, ChunkedDataset dataset, ChunkCodec& codec);

    /// Collective. Appends this rank's cells of the round. Returns how many cells stand before them.
    Index append(std::span<const std::byte> cells);
    /// Collective. Ends the dataset, and hands it over.
    ChunkedDataset finish() &&;

    /// Local. The cells of all rounds so far.
    [[nodiscard]] Index cells() const { return dataset_.cells; }

private:
    void begin(std::span<const std::byte> cells, Index number);
    void go_on(std::span<const std::byte> cells);
    void encode(std::span<const std::byte> chunk, Index number);
    [[nodiscard]] std::size_t chunk_size() const;

    const Communicator& comm_;
    Journal& journal_;
    ChunkedDataset dataset_;
    std::size_t cell_size_;
    ChunkCodec& codec_;
    Bytes begun_; ///< this rank's: the first cells of a chunk whose others are still to come
    Index begun_number_ = 0;
    std::size_t owner_of_begun_ = 0; ///< of the last chunk of all rounds so far, where it is not whole
};

} // namespace swather
