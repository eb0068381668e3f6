// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"

#include <cstdint>
#include <memory>

namespace swather {

/// Encodes chunks as HDF5's shuffle and deflate filters do, so that every reader of HDF5 decodes them.
///
/// The zlib format of the library's own filter is written by ISA-L at level 1, at 1 to 9 GB/s, which is 3 to
/// 25 times libdeflate's speed for 3 to 10 % more bytes (bench/README.md), and by libdeflate at others, at
/// two to three times the library's speed. ISA-L's bytes may differ from one kind of CPU to another: what
/// they unpack to does not.
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
