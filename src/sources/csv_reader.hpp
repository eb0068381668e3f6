// SPDX-License-Identifier: MIT
#pragma once

#include "sources/csv_state.hpp"
#include "sources/table_view.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace swather {

/// The rows of a CSV that begin in one piece of it, as Python's `csv.reader` reads them. The piece streams
/// through a window of the file; it is never in memory as a whole.
class CsvReader {
public:
    struct Options {
        char delimiter = ',';         ///< any byte but a quote, LF or CR
        Index max_row = 64 << 20;     ///< bytes of the longest row, without its line end; at most 1 GiB
        std::size_t window = 1 << 20; ///< bytes read at a time, so that they stay in the cache
    };

    struct Piece {
        std::vector<int> columns; ///< 0-based, in the order of `RowBatch::fields`; any order, repeats allowed
        int column_count = 0;     ///< fields of a whole row
        Index size = 0; ///< bytes of the piece; the supply goes on behind them, to the end of the file
        CsvState state = CsvState::field_start; ///< assumed before the first byte
        char before = '\n';                     ///< the byte before the piece; LF at the begin of the data
    };

    /// The next bytes of the file, from the piece's begin on, as many as there are room for or fewer; 0 at
    /// its end.
    using Supply = std::function<std::size_t(std::span<char>)>;

    explicit CsvReader(Options options);
    ~CsvReader();

    /// Local. Goes to another piece.
    void start(Piece piece, Supply supply);
    /// Local. The next rows, those that end in some 16 KiB; none at the end.
    RowBatch next_batch();
    /// Local. The 0-based line, counted from the piece's begin, on which a row of the batch at hand begins.
    [[nodiscard]] Index line_of(std::size_t row) const;

    /// Local. Of the piece, after its end. Its lines do not depend on the state that was assumed.
    [[nodiscard]] const RowAudit& audit() const;
    /// Local. Of the bytes of the piece, after its end, for any state before it.
    [[nodiscard]] const CsvStateMap& map() const;
    /// Local. Whether a row that begins here is longer than it may be: no rows are read from there on, but
    /// the lines and the map are those of the whole piece.
    [[nodiscard]] bool overlong() const;
    /// Local. The line on which that row begins, as `line_of` counts.
    [[nodiscard]] Index overlong_line() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
