// SPDX-License-Identifier: MIT
#pragma once

#include "results/kernel.hpp"
#include "sources/table_view.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace swather {

/// The rows of a file, and those in which a number was wanted and none was found.
struct TableAudit {
    RowAudit rows;
    OddRows not_numbers;

    void merge(const TableAudit& later)
    {
        not_numbers.merge(later.not_numbers, rows.lines);
        rows.merge(later.rows);
    }
};

/// Local. The first few lines of odd rows as people write them: "3, 17, 18 …", from 1.
std::string lines_of(const OddRows& rows);

/// Local. Throws or warns where a file has odd rows.
void throw_if_odd(const TableAudit& audit, const std::string& file);
void warn_if_odd(const TableAudit& audit, const std::string& file);
/// Local. Warns where some rows are `kind`, and tells `why`.
void warn_of(const OddRows& rows, std::string_view kind, std::string_view why, const std::string& file);

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
