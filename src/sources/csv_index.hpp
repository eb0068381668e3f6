// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "sources/csv_state.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace swather {

/// Where the fields and rows of some CSV end, as positions in a window of the file.
class CsvIndex {
public:
    /// Bytes of a window that one call of `add` may take: so few that they and their index stay in the cache.
    static constexpr std::size_t most_bytes = 16 << 10;

    /// Local. Nothing but the byte before the first row; of a row that goes on and on, that many fields are
    /// kept.
    void start(std::uint32_t before, std::size_t most_fields);

    /// Local. The ends in bytes [begin, end) of a window, begin > 0, which follow those that are there; the
    /// state behind them.
    CsvState add(const char* window, std::uint32_t begin, std::uint32_t end, char delimiter, CsvState state);
    /// Local. The end of the file: that of the last row, if it had none.
    void add_end(std::uint32_t end);

    /// Local. How many rows have ended.
    [[nodiscard]] std::size_t rows() const { return row_count_; }
    /// Local. A row: the last byte before it, and then where each of its fields ends. Of fields that one too
    /// many row has, only the last is sure to be there. Row number `rows()` has not ended yet.
    [[nodiscard]] const std::uint32_t* row(std::size_t row) const { return &ends_[rows_[row]]; }
    /// Local. How many fields a row has.
    [[nodiscard]] std::uint32_t fields(std::size_t row) const { return rows_[row + 1] - rows_[row]; }

    /// Local. Whether any CR may end a row.
    [[nodiscard]] bool has_cr() const { return has_cr_; }
    /// Local. Whether there was any quote in the bytes added last.
    [[nodiscard]] bool has_quotes() const { return has_quotes_; }

    /// Local. Forgets the rows that have ended.
    void drop_rows();
    /// Local. Positions as they are when the first bytes of the window are gone.
    void shift(std::uint32_t bytes);

private:
    std::unique_ptr<std::uint32_t[]> ends_; // of fields; the first one is the byte before the first row
    std::unique_ptr<std::uint32_t[]> rows_; // of each row's last field, the number in `ends_`; the first is 0
    std::size_t capacity_ = 0;              // of `ends_`
    std::size_t end_count_ = 0;
    std::size_t row_count_ = 0;
    std::size_t most_fields_ = 0;
    bool has_cr_ = false;
    bool has_quotes_ = false;
};

/// Local. How many lines end in some bytes, in quotes or not; CR LF does so with its first byte, and its
/// second one does not count `after_cr`.
Index count_lines(std::string_view bytes, bool after_cr);

} // namespace swather
