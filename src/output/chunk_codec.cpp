// SPDX-License-Identifier: MIT
#include "output/chunk_codec.hpp"

#include <isa-l.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <functional>

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

/// Writes the zlib form of what it is given; returns its size, 0 where it does not fit.
using Pack = std::function<std::size_t(std::span<const std::byte>, std::span<std::byte>)>;

Pack pack_by_libdeflate(int level)
{
    const std::shared_ptr<libdeflate_compressor> compressor(libdeflate_alloc_compressor(level),
                                                            libdeflate_free_compressor);
    if (!compressor) throw Error(Exit::internal, "no compressor of level {}", level);
    return [compressor](std::span<const std::byte> in, std::span<std::byte> out) {
        return libdeflate_zlib_compress(compressor.get(), in.data(), in.size(), out.data(), out.size());
    };
}

/// ISA-L's level 2: of levels 0 to 3 the smallest or nearly so for depth, maps, counts and means.
Pack pack_by_isal()
{
    const auto tables = std::make_shared<std::vector<std::uint8_t>>(ISAL_DEF_LVL2_DEFAULT);
    return [tables](std::span<const std::byte> in, std::span<std::byte> out) -> std::size_t {
        isal_zstream stream;
        isal_deflate_stateless_init(&stream);
        stream.gzip_flag = IGZIP_ZLIB;
        stream.end_of_stream = 1;
        stream.level = 2;
        stream.level_buf = tables->data();
        stream.level_buf_size = static_cast<std::uint32_t>(tables->size());
        stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(in.data()));
        stream.avail_in = static_cast<std::uint32_t>(in.size());
        stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
        stream.avail_out = static_cast<std::uint32_t>(out.size());
        return isal_deflate_stateless(&stream) == COMP_OK ? stream.total_out : 0;
    };
}

} // namespace

struct ChunkCodec::State {
    Pack pack;
    Bytes shuffled;
    Bytes
        zeros; ///< the encoded form of a chunk of `zeros_size` zero bytes: stretches without reads are common
    std::size_t zeros_size = 0;
};

ChunkCodec::ChunkCodec(int level)
    : state_(std::make_unique<State>())
{
    state_->pack = level == 1 ? pack_by_isal() : pack_by_libdeflate(level);
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
    encoded.resize(before + libdeflate_zlib_compress_bound(nullptr, chunk.size()));
    const std::size_t size = state_->pack(state_->shuffled, std::span(encoded).subspan(before));
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
