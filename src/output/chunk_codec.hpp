// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <memory>

namespace swather {

/// Encodes chunks as HDF5's shuffle and deflate filters do, so that every reader of HDF5 decodes them.
///
/// ISA-L (level 1) and libdeflate (the others) write the same zlib format as the library's own filter, at
/// some ten and at two to three times its speed. The bytes depend on the chunk and the level alone, with the
/// same version of these libraries on the same kind of processor.
class ChunkCodec {
public:
    /// Local. `level` 0 (stored) … 9.
    explicit ChunkCodec(int level);
    ~ChunkCodec();
    ChunkCodec(const ChunkCodec&) = delete;
    ChunkCodec& operator=(const ChunkCodec&) = delete;

    /// Local. Appends the encoded form of a chunk of elements of `element_size` bytes; returns its size.
    std::size_t append(std::span<const std::byte> chunk, std::size_t element_size, Bytes& encoded);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
