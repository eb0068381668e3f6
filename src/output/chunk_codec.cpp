// SPDX-License-Identifier: MIT
#include "output/chunk_codec.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>

namespace swather {

namespace {

/// Byte b of every element, then byte b + 1 of every element: HDF5's shuffle filter.
template <std::size_t element_size>
void shuffle_fixed(const std::byte* in, std::byte* out, std::size_t elements)
{
    for (std::size_t b = 0; b < element_size; ++b)
        for (std::size_t i = 0; i < elements; ++i) out[b * elements + i] = in[i * element_size + b];
}

void shuffle(std::span<const std::byte> chunk, std::size_t element_size, Bytes& shuffled)
{
    shuffled.resize(chunk.size());
    const std::size_t elements = chunk.size() / element_size;
    switch (element_size) {
    case 1:
        std::copy(chunk.begin(), chunk.end(), shuffled.begin());
        return;
    case 2:
        return shuffle_fixed<2>(chunk.data(), shuffled.data(), elements);
    case 4:
        return shuffle_fixed<4>(chunk.data(), shuffled.data(), elements);
    case 8:
        return shuffle_fixed<8>(chunk.data(), shuffled.data(), elements);
    default:
        throw Error(Exit::internal, "no shuffle for elements of {} bytes", element_size);
    }
}

} // namespace

struct ChunkCodec::State {
    std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor{
        nullptr, libdeflate_free_compressor};
    Bytes shuffled;
    Bytes
        zeros; ///< the encoded form of a chunk of `zeros_size` zero bytes: stretches without reads are common
    std::size_t zeros_size = 0;
};

ChunkCodec::ChunkCodec(int level)
    : state_(std::make_unique<State>())
{
    state_->compressor.reset(libdeflate_alloc_compressor(level));
    if (!state_->compressor) throw Error(Exit::internal, "no compressor of level {}", level);
}

ChunkCodec::~ChunkCodec() = default;

std::size_t ChunkCodec::append(std::span<const std::byte> chunk, std::size_t element_size, Bytes& encoded)
{
    const bool is_zero = !chunk.empty() && chunk.front() == std::byte{0} &&
                         std::memcmp(chunk.data(), chunk.data() + 1, chunk.size() - 1) == 0;
    if (is_zero && state_->zeros_size == chunk.size()) {
        swather::append(encoded, state_->zeros);
        return state_->zeros.size();
    }

    shuffle(chunk, element_size, state_->shuffled);
    const std::size_t before = encoded.size();
    const std::size_t bound = libdeflate_zlib_compress_bound(state_->compressor.get(), chunk.size());
    encoded.resize(before + bound);
    const std::size_t size = libdeflate_zlib_compress(state_->compressor.get(), state_->shuffled.data(),
                                                      chunk.size(), encoded.data() + before, bound);
    if (size == 0) throw Error(Exit::internal, "a chunk could not be compressed");
    encoded.resize(before + size);
    if (is_zero) {
        const auto bytes = std::span(encoded).last(size);
        state_->zeros.assign(bytes.begin(), bytes.end());
        state_->zeros_size = chunk.size();
    }
    return size;
}

} // namespace swather
