// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/values.hpp"
#include "results/kernel.hpp"
#include "sources/table_view.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace swather {

/// The rows of a file, and those in which what is computed is odd.
struct TableAudit {
    RowAudit rows;
    OddRows not_numbers; ///< a number was wanted, and none was found
    OddRows by_zero;
    OddRows too_large;

    /// Local. Notes what the marks of a value tell of the row that begins on a line.
    void note(std::uint8_t marks, Index line)
    {
        if ((marks & mark::not_number) != 0) not_numbers.add(line);
        if ((marks & mark::by_zero) != 0) by_zero.add(line);
        if ((marks & mark::too_large) != 0) too_large.add(line);
    }
    void merge(const TableAudit& later)
    {
        not_numbers.merge(later.not_numbers, rows.lines);
        by_zero.merge(later.by_zero, rows.lines);
        too_large.merge(later.too_large, rows.lines);
        rows.merge(later.rows);
    }
};

/// Local. The first few lines of odd rows as people write them: "3, 17, 18 …", from 1.
std::string lines_of(const OddRows& rows);

/// Local. Warns where a file has odd rows; of a division by zero and of numbers that are too large no more is
/// done, of others `throw_if_odd` makes an error.
void throw_if_odd(const TableAudit& audit, const std::string& file);
void warn_if_odd(const TableAudit& audit, const std::string& file);

/// Local. Appends two columns of an audit `S`: how many rows are so, and the lines of the first of them.
template <class S, class Odd>
void add_odd_rows(std::vector<ScalarColumn<S>>& columns, const std::string& count, const std::string& lines,
                  const std::string& what, Odd odd)
{
    columns.push_back(
        scalar_column<S>(count, "rows " + what, [odd](const S& audit) { return odd(audit).count; }));
    columns.push_back(scalar_column<S>(lines, "the lines of the first of them",
                                       [odd](const S& audit) { return lines_of(odd(audit)); }));
}

/// Local. The columns of a TableAudit, or of what is derived from it.
template <class S>
std::vector<ScalarColumn<S>> audit_columns()
{
    std::vector<ScalarColumn<S>> columns{scalar_column<S>("rows", "rows, without header and blank ones",
                                                          [](const S& audit) { return audit.rows.rows; })};
    add_odd_rows(columns, "blank_rows", "blank_lines", "without a character",
                 [](const S& audit) { return audit.rows.blank; });
    add_odd_rows(columns, "short_rows", "short_lines", "with fewer fields than the header",
                 [](const S& audit) { return audit.rows.short_rows; });
    add_odd_rows(columns, "long_rows", "long_lines", "with more fields than the header",
                 [](const S& audit) { return audit.rows.long_rows; });
    add_odd_rows(columns, "not_numbers", "not_number_lines",
                 "in which a number was wanted and none was found",
                 [](const S& audit) { return audit.not_numbers; });
    add_odd_rows(columns, "zero_divisions", "zero_division_lines", "in which a number was divided by zero",
                 [](const S& audit) { return audit.by_zero; });
    add_odd_rows(columns, "too_large", "too_large_lines",
                 "with a number beyond float64, or an integer beyond 64 bits, which became a float",
                 [](const S& audit) { return audit.too_large; });
    return columns;
}

/// Local. The rows of all files.
template <class S>
std::vector<std::pair<std::string, Index>> audit_totals(const S& of_all)
{
    return {{"rows", of_all.rows.rows}};
}

/// Local. The audits of the files of a block, once all its rows are read: what the kernel has noted of each
/// in `noted`, and the rows as the view has them.
template <class S>
Scalar<S> audits_of(const TableView& view, std::vector<typename Scalar<S>::Entry> noted)
{
    Scalar<S> audits;
    for (const TableView::FileAudit& of_file : view.audits()) {
        const auto found = std::find_if(noted.begin(), noted.end(),
                                        [&](const auto& entry) { return entry.item == of_file.file; });
        audits.entries.push_back({of_file.file, found == noted.end() ? S{} : found->value});
        audits.entries.back().value.rows = of_file.audit;
    }
    return audits;
}

} // namespace swather
