// SPDX-License-Identifier: MIT
#include "sources/csv_index.hpp"

#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sources/csv_index.cpp"
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include "sources/csv_block-inl.hpp"

#ifndef SWATHER_CSV_INDEX_TAIL
#define SWATHER_CSV_INDEX_TAIL
namespace swather {

/// The next free entries of an index, and the number of the first of `ends`.
struct CsvIndexTail {
    std::uint32_t* ends;
    std::uint32_t* rows;
    std::uint32_t end_count;
    bool has_cr;
    bool has_quotes;
};

} // namespace swather
#endif

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

/// Adds the ends of one block. As many steps are taken as most blocks need, and what they write too much is
/// overwritten: a loop that ends at the last bit would end where the CPU cannot foretell.
HWY_INLINE void add_ends(CsvIndexTail& tail, std::uint32_t position, std::uint64_t separators,
                         std::uint64_t newlines)
{
    const std::size_t end_total = hwy::PopCount(separators);
    const std::size_t row_total = hwy::PopCount(newlines);
    for (std::size_t i = 0; i < row_total; i += 4)
        for (std::size_t k = i; k < i + 4; ++k, newlines &= newlines - 1) {
            const std::size_t number = hwy::PopCount(separators & (newlines ^ (newlines - 1))) - 1;
            tail.rows[k] = tail.end_count + static_cast<std::uint32_t>(number);
        }
    for (std::size_t i = 0; i < end_total; i += 8)
        for (std::size_t k = i; k < i + 8; ++k, separators &= separators - 1)
            tail.ends[k] = position + static_cast<std::uint32_t>(std::countr_zero(separators));
    tail.rows += row_total;
    tail.ends += end_total;
    tail.end_count += static_cast<std::uint32_t>(end_total);
}

CsvState index_bytes(const char* window, std::uint32_t begin, std::uint32_t end, char delimiter,
                     CsvState state, CsvIndexTail& result)
{
    CsvIndexTail tail = result; // our own, which no write to the entries can change
    // LF behind a CR that ended a row belongs to that end.
    std::uint64_t after_cr = window[begin - 1] == '\r' && state == CsvState::field_start;
    std::uint64_t any_cr = after_cr;
    std::uint64_t any_quotes = 0;
    const auto add = [&](std::uint32_t position, CsvBlock block, std::size_t size) HWY_ATTR {
        std::uint64_t outside = ~std::uint64_t{0};
        if (block.quotes == 0 && state != CsvState::quoted)
            state = behind(state, (block.separators() >> (size - 1) & 1) != 0);
        else
            outside = ~(size == block_size ? follow_quotes(block, state) : walk_quotes(block, size, state));
        const std::uint64_t cr = block.cr & outside;
        const std::uint64_t ends = outside & ~(block.lf & (cr << 1 | after_cr));
        after_cr = cr >> 63;
        any_cr |= cr;
        any_quotes |= block.quotes;
        add_ends(tail, position, block.separators() & ends, (block.lf | block.cr) & ends);
    };
    for (; begin + block_size <= end; begin += block_size)
        add(begin, block_at(window + begin, delimiter), block_size);
    if (begin < end) add(begin, block_at(window + begin, end - begin, delimiter), end - begin);
    result = tail;
    result.has_cr = any_cr != 0;
    result.has_quotes = any_quotes != 0;
    return state;
}

Index lines_in(const char* bytes, std::size_t size, bool after)
{
    std::uint64_t after_cr = after;
    std::size_t lines = 0;
    const auto add = [&](const CsvBlock& block) HWY_ATTR {
        lines += hwy::PopCount(block.cr | (block.lf & ~(block.cr << 1 | after_cr)));
        after_cr = block.cr >> 63;
    };
    constexpr char no_delimiter = '\n';
    std::size_t at = 0;
    for (; at + block_size <= size; at += block_size) add(block_at(bytes + at, no_delimiter));
    if (at < size) add(block_at(bytes + at, size - at, no_delimiter));
    return static_cast<Index>(lines);
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(index_bytes);
HWY_EXPORT(lines_in);

// What a block adds may be written up to here behind the last of its entries.
constexpr std::size_t spare = 64;

void CsvIndex::start(std::uint32_t before, std::size_t most_fields)
{
    most_fields_ = most_fields;
    if (const std::size_t needed = 1 + most_fields + most_bytes + spare; capacity_ < needed) {
        ends_ = std::make_unique_for_overwrite<std::uint32_t[]>(needed);
        capacity_ = needed;
    }
    if (!rows_) rows_ = std::make_unique_for_overwrite<std::uint32_t[]>(1 + most_bytes + spare);
    ends_[0] = before;
    rows_[0] = 0;
    end_count_ = 1;
    row_count_ = 0;
}

CsvState CsvIndex::add(const char* window, std::uint32_t begin, std::uint32_t end, char delimiter,
                       CsvState state)
{
    std::uint32_t* const next_row = &rows_[1 + row_count_];
    CsvIndexTail tail{&ends_[end_count_], next_row, static_cast<std::uint32_t>(end_count_), false, false};
    state = HWY_DYNAMIC_DISPATCH(index_bytes)(window, begin, end, delimiter, state, tail);
    end_count_ = tail.end_count;
    has_cr_ = has_cr_ || tail.has_cr;
    has_quotes_ = tail.has_quotes;
    row_count_ += static_cast<std::size_t>(tail.rows - next_row);
    return state;
}

void CsvIndex::add_end(std::uint32_t end)
{
    ends_[end_count_] = end;
    rows_[++row_count_] = static_cast<std::uint32_t>(end_count_++);
}

void CsvIndex::drop_rows()
{
    const std::size_t first = rows_[row_count_];
    const std::size_t kept = std::min(end_count_ - first, 1 + most_fields_);
    std::copy_n(&ends_[first], kept, &ends_[0]);
    end_count_ = kept;
    row_count_ = 0;
}

void CsvIndex::shift(std::uint32_t bytes)
{
    for (std::size_t i = 0; i < end_count_; ++i) ends_[i] -= bytes;
}

Index count_lines(std::string_view bytes, bool after_cr)
{
    return HWY_DYNAMIC_DISPATCH(lines_in)(bytes.data(), bytes.size(), after_cr);
}

} // namespace swather
#endif
