// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace swather {

/// Rows that are not as the header wants them: how many, and the lines on which the first few begin.
struct OddRows {
    static constexpr std::size_t most_lines = 5;

    Index count = 0;
    std::array<Index, most_lines> lines{}; ///< 0-based; the first `count` of them are set

    /// Local. One more, behind those that are there.
    void add(Index line)
    {
        if (count < static_cast<Index>(most_lines)) lines[static_cast<std::size_t>(count)] = line;
        ++count;
    }
    /// Local. Those of a later part of the file, which begins on line `first_line`.
    void merge(const OddRows& later, Index first_line)
    {
        const Index room = static_cast<Index>(most_lines) - std::min<Index>(count, most_lines);
        for (Index i = 0; i < std::min(room, later.count); ++i)
            lines[static_cast<std::size_t>(count + i)] =
                first_line + later.lines[static_cast<std::size_t>(i)];
        count += later.count;
    }
};

/// What a part of a file has: `lines` are those that end in it, rows those that begin in it.
struct RowAudit {
    Index lines = 0; ///< ends of lines: LF, CR LF or CR, in quotes too
    Index rows = 0;  ///< without the blank ones
    OddRows blank;   ///< of no character at all
    OddRows short_rows;
    OddRows long_rows;

    void merge(const RowAudit& later)
    {
        blank.merge(later.blank, lines);
        short_rows.merge(later.short_rows, lines);
        long_rows.merge(later.long_rows, lines);
        lines += later.lines;
        rows += later.rows;
    }
};

/// Some rows: for each, the fields of the columns that were asked for, in that order, quotes undone. A field
/// that a short row lacks is empty. What a batch points to lives until the next.
struct RowBatch {
    std::size_t rows = 0;
    std::span<const std::string_view> fields; ///< rows × columns asked for, row after row
    Index file = 0;                           ///< whose rows they are: number of the segment
};

/// The rows that begin in one block of a table.
class TableView {
public:
    struct FileAudit {
        Index file = 0;
        RowAudit
            audit; ///< lines are counted from the block's begin, or from the file's where that lies in it
    };
    using NextBatch = std::function<RowBatch()>;
    using LineOf = std::function<Index(std::size_t row)>;
    using Audits = std::function<std::vector<FileAudit>()>;

    TableView(NextBatch next_batch, LineOf line_of, Audits audits)
        : next_batch_(std::move(next_batch))
        , line_of_(std::move(line_of))
        , audits_(std::move(audits))
    {
    }

    /// Local. The next rows, all of one file; none at the end.
    RowBatch next_batch() { return next_batch_(); }
    /// Local. The line on which a row of the last batch begins, counted as in the audits.
    [[nodiscard]] Index line_of(std::size_t row) const { return line_of_(row); }
    /// Local. What the files of the block have in it, after the last batch.
    [[nodiscard]] std::vector<FileAudit> audits() const { return audits_(); }

private:
    NextBatch next_batch_;
    LineOf line_of_;
    Audits audits_;
};

} // namespace swather
