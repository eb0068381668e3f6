// SPDX-License-Identifier: MIT
// The special bytes of 64 bytes of CSV, as bit masks. Highway compiles this once for each instruction set,
// and takes the best one that the CPU has when the program runs; hence the guard that lets it be included
// again.
#if defined(SWATHER_CSV_BLOCK_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef SWATHER_CSV_BLOCK_INL
#undef SWATHER_CSV_BLOCK_INL
#else
#define SWATHER_CSV_BLOCK_INL
#endif

#include "sources/csv_state.hpp"

#include <hwy/highway.h>

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t block_size = 64;

/// Bit i of each mask is byte i of the block.
struct CsvBlock {
    std::uint64_t delimiters = 0;
    std::uint64_t lf = 0;
    std::uint64_t cr = 0;
    std::uint64_t quotes = 0;

    [[nodiscard]] HWY_INLINE std::uint64_t separators() const { return delimiters | lf | cr; }
};

using CsvVectorTag = hn::CappedTag<std::uint8_t, block_size>;

/// The bytes of a block that are `wanted`.
HWY_INLINE std::uint64_t equal_bytes(const char* block, char wanted)
{
    const CsvVectorTag tag;
    const auto value = hn::Set(tag, static_cast<std::uint8_t>(wanted));
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < block_size; i += hn::Lanes(tag)) {
        const auto bytes = hn::LoadU(tag, reinterpret_cast<const std::uint8_t*>(block) + i);
        std::uint64_t bits = 0;
        hn::StoreMaskBits(tag, hn::Eq(bytes, value), reinterpret_cast<std::uint8_t*>(&bits));
        mask |= bits << i;
    }
    return mask;
}

HWY_INLINE CsvBlock block_at(const char* bytes, char delimiter)
{
    return {equal_bytes(bytes, delimiter), equal_bytes(bytes, '\n'), equal_bytes(bytes, '\r'),
            equal_bytes(bytes, '"')};
}

/// A block of which only the first `size` bytes are there; the others are none of the special ones.
HWY_INLINE CsvBlock block_at(const char* bytes, std::size_t size, char delimiter)
{
    char copy[block_size] = {};
    std::memcpy(copy, bytes, size);
    CsvBlock block = block_at(copy, delimiter);
    block.delimiters &= (std::uint64_t{1} << size) - 1; // the delimiter may be NUL
    return block;
}

/// The state behind a byte that is no quote, from the one before it.
HWY_INLINE CsvState behind(CsvState state, bool separator)
{
    if (state == CsvState::quoted) return state;
    return separator ? CsvState::field_start : CsvState::unquoted;
}

/// Bit i: whether an odd number of bits up to i are set.
HWY_INLINE std::uint64_t parity_up_to(std::uint64_t bits)
{
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

/// Goes from quote to quote through the `size` bytes of a block; gives the mask of the bytes that are content
/// of quoted fields, whatever they are.
HWY_INLINE std::uint64_t walk_quotes(const CsvBlock& block, std::size_t size, CsvState& state)
{
    const std::uint64_t separators = block.separators();
    std::uint64_t inside = state == CsvState::quoted ? ~std::uint64_t{0} : 0;
    std::size_t next = 0; // the byte behind the last quote
    for (std::uint64_t rest = block.quotes; rest != 0; rest &= rest - 1) {
        const std::size_t quote = hwy::Num0BitsBelowLS1Bit_Nonzero64(rest);
        if (quote > next) state = behind(state, (separators >> (quote - 1) & 1) != 0);
        next = quote + 1;
        if (state == CsvState::unquoted) continue;
        state = state == CsvState::quoted ? CsvState::quote_in_quoted : CsvState::quoted;
        inside ^= ~std::uint64_t{0} << quote;
    }
    if (next < size) state = behind(state, (separators >> (size - 1) & 1) != 0);
    return inside;
}

/// The same of a whole block, without a loop where every quote opens or closes a field or is a half of a
/// doubled one, as almost all do.
HWY_INLINE std::uint64_t follow_quotes(const CsvBlock& block, CsvState& state)
{
    const std::uint64_t inside =
        parity_up_to(block.quotes) ^ (state == CsvState::quoted ? ~std::uint64_t{0} : 0);
    const std::uint64_t opening = block.quotes & inside;
    const std::uint64_t closing = block.quotes & ~inside;
    const std::uint64_t ends = block.separators() & ~inside;
    const std::uint64_t may_open = (ends | closing) << 1 | (state != CsvState::unquoted);
    if ((opening & ~may_open) != 0) return walk_quotes(block, block_size, state);
    constexpr int last = block_size - 1;
    state = (inside >> last) != 0    ? CsvState::quoted
            : (closing >> last) != 0 ? CsvState::quote_in_quoted
            : (ends >> last) != 0    ? CsvState::field_start
                                     : CsvState::unquoted;
    return inside;
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
