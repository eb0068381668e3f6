// SPDX-License-Identifier: MIT
#include "output/chunk_codec.hpp"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <variant>

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

/// ISA-L's first level: several times as fast as libdeflate's, for some percent more bytes.
///
/// Each chunk takes two calls. `.write_first_byte` of ISA-L's igzip_icf_body_h1_gr_bt.asm (2.30, and still
/// 2.32) hashes a register in which the address of its own state is left, instead of the first bytes, and
/// enters that into the table of matches: the same chunk would be packed to other bytes in another process.
/// So the first call has no more than the routine leaves alone for its padding (MIN_INBUF_PADDING); another
/// one packs that, without such a slip, and afterwards the first byte has been written.
class FastPacker {
public:
    /// Local. A zlib stream, of which `packed` has the first bytes; how many.
    std::size_t pack(std::span<const std::byte> chunk, std::span<std::byte> packed)
    {
        isal_deflate_init(state_.get());
        state_->level = 1;
        state_->level_buf = reinterpret_cast<std::uint8_t*>(tables_.data());
        state_->level_buf_size = static_cast<std::uint32_t>(tables_.size());
        state_->gzip_flag = IGZIP_ZLIB;
        state_->next_out = reinterpret_cast<std::uint8_t*>(packed.data());
        state_->avail_out = static_cast<std::uint32_t>(packed.size());
        if (chunk.size() > padding) {
            state_->flush = SYNC_FLUSH;
            go_on(chunk.first(padding));
            chunk = chunk.subspan(padding);
        }
        state_->flush = NO_FLUSH;
        state_->end_of_stream = 1;
        go_on(chunk);
        if (state_->internal_state.state != ZSTATE_END)
            throw Error(Exit::internal, "a chunk takes more than {} bytes", packed.size());
        return state_->total_out;
    }

    /// Local. More than any packed chunk takes: what does not pack is stored, with 5 bytes for each block.
    static std::size_t bound(std::size_t size) { return size + size / 16 + 256; }

private:
    void go_on(std::span<const std::byte> bytes)
    {
        state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes.data())); // it reads
        state_->avail_in = static_cast<std::uint32_t>(bytes.size());
        if (isal_deflate(state_.get()) != COMP_OK)
            throw Error(Exit::internal, "a chunk could not be compressed");
    }

    static constexpr std::size_t padding = 16;

    std::unique_ptr<isal_zstream> state_ = std::make_unique<isal_zstream>();
    Bytes tables_ = Bytes(ISAL_DEF_LVL1_DEFAULT);
};

/// libdeflate's levels.
class ThoroughPacker {
public:
    explicit ThoroughPacker(int level)
        : compressor_(libdeflate_alloc_compressor(level), libdeflate_free_compressor)
    {
        if (!compressor_) throw Error(Exit::internal, "no compressor of level {}", level);
    }

    std::size_t pack(std::span<const std::byte> chunk, std::span<std::byte> packed)
    {
        const std::size_t size = libdeflate_zlib_compress(compressor_.get(), chunk.data(), chunk.size(),
                                                          packed.data(), packed.size());
        if (size == 0) throw Error(Exit::internal, "a chunk could not be compressed");
        return size;
    }

    [[nodiscard]] std::size_t bound(std::size_t size) const
    {
        return libdeflate_zlib_compress_bound(compressor_.get(), size);
    }

private:
    std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor_;
};

using Packer = std::variant<FastPacker, ThoroughPacker>;

Packer packer_of(int level)
{
    return level == 1 ? Packer(std::in_place_type<FastPacker>)
                      : Packer(std::in_place_type<ThoroughPacker>, level);
}

} // namespace

struct ChunkCodec::State {
    Packer packer;
    Bytes shuffled, packed; ///< of one chunk
    Bytes
        zeros; ///< the encoded form of a chunk of `zeros_size` zero bytes: stretches without reads are common
    std::size_t zeros_size = 0;
};

ChunkCodec::ChunkCodec(int level)
    : state_(std::make_unique<State>(
          State{.packer = packer_of(level), .shuffled = {}, .packed = {}, .zeros = {}}))
{
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
    const std::size_t size = std::visit(
        [&](auto& packer) {
            state_->packed.resize(packer.bound(chunk.size()));
            return packer.pack(state_->shuffled, state_->packed);
        },
        state_->packer);
    const auto packed = std::span(state_->packed).first(size);
    swather::append(encoded, packed);
    if (is_zero) {
        state_->zeros.assign(packed.begin(), packed.end());
        state_->zeros_size = chunk.size();
    }
    return size;
}

} // namespace swather
