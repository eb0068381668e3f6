// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace swather {

/// What a CSV parser knows between two bytes. The begin of a row is the begin of a field.
enum class CsvState : std::uint8_t {
    field_start,
    unquoted,
    quoted,
    quote_in_quoted, ///< behind a quote in a quoted field: its end, or the first half of a doubled quote
};

/// Local. The state behind one byte.
constexpr CsvState next_state(CsvState state, char byte, char delimiter)
{
    if (state == CsvState::quoted) return byte == '"' ? CsvState::quote_in_quoted : CsvState::quoted;
    if (byte == delimiter || byte == '\n' || byte == '\r') return CsvState::field_start;
    const bool quotes = byte == '"' && state != CsvState::unquoted; // opens a field, or is doubled
    return quotes ? CsvState::quoted : CsvState::unquoted;
}

/// What some bytes do to each state that a parser may be in before them.
struct CsvStateMap {
    std::array<CsvState, 4> to{CsvState::field_start, CsvState::unquoted, CsvState::quoted,
                               CsvState::quote_in_quoted};

    /// Local. The state behind the bytes, from the one before them.
    [[nodiscard]] CsvState operator()(CsvState before) const { return to[static_cast<std::size_t>(before)]; }
    /// Local. These bytes, and then those of `next`.
    [[nodiscard]] CsvStateMap then(const CsvStateMap& next) const
    {
        return {{next(to[0]), next(to[1]), next(to[2]), next(to[3])}};
    }
    /// Local. Whether the state before the bytes has no influence on the one behind them.
    [[nodiscard]] bool forgets() const { return to[0] == to[1] && to[1] == to[2] && to[2] == to[3]; }
    friend bool operator==(const CsvStateMap&, const CsvStateMap&) = default;
};

/// Local. The map of some bytes; `delimiter` is any byte but a quote, LF or CR.
CsvStateMap state_map(std::span<const char> bytes, char delimiter);

/// Local. The state to assume in the middle of a file, by the byte before: right where that is not quoted.
CsvState guess_state(char before, char delimiter);

} // namespace swather
