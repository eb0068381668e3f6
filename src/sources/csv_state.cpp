// SPDX-License-Identifier: MIT
#include "sources/csv_state.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sources/csv_state.cpp"
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include "sources/csv_block-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

/// What the quotes of one block do. States that have met go on as one.
HWY_INLINE void follow_states(const CsvBlock& block, std::size_t size, CsvState* states)
{
    CsvState results[4];
    for (int i = 0; i < 4; ++i) {
        int same = 0;
        while (states[same] != states[i]) ++same;
        results[i] = same < i ? results[same] : states[i];
        if (same == i)
            size == block_size ? follow_quotes(block, results[i]) : walk_quotes(block, size, results[i]);
    }
    for (int i = 0; i < 4; ++i) states[i] = results[i];
}

CsvStateMap map_of(const char* bytes, std::size_t size, char delimiter)
{
    CsvStateMap map;
    CsvState* states = map.to.data();
    // Only quotes matter; where a block has none, what lies before the next quote, or the end, tells the
    // rest.
    const auto settle = [&](char last) HWY_ATTR {
        const bool separator = last == delimiter || last == '\n' || last == '\r';
        for (int i = 0; i < 4; ++i) states[i] = behind(states[i], separator);
    };
    bool settled = true;
    std::size_t at = 0;
    for (; at + block_size <= size; at += block_size) {
        if (equal_bytes(bytes + at, '"') == 0) {
            settled = false;
            continue;
        }
        if (!settled) settle(bytes[at - 1]);
        settled = true;
        follow_states(block_at(bytes + at, delimiter), block_size, states);
    }
    if (!settled) settle(bytes[at - 1]);
    if (at < size) follow_states(block_at(bytes + at, size - at, delimiter), size - at, states);
    return map;
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(map_of);

CsvStateMap state_map(std::span<const char> bytes, char delimiter)
{
    return HWY_DYNAMIC_DISPATCH(map_of)(bytes.data(), bytes.size(), delimiter);
}

CsvState guess_state(char before, char delimiter)
{
    if (before == '"') return CsvState::quote_in_quoted;
    return before == delimiter || before == '\n' || before == '\r' ? CsvState::field_start
                                                                   : CsvState::unquoted;
}

} // namespace swather
#endif
