// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "results/table_text.hpp"
#include "sources/bgzf_writer.hpp"

#include <span>
#include <string>
#include <vector>

namespace swather {

/// Local. Appends the names of columns as Python's csv.writer has them, with LF behind: a text is in quotes
/// only where it must be.
void append_csv_header(std::string& lines, std::span<const std::string> names);
/// Local. Appends a row, from cells of each column: a float is its repr(), and what is missing is empty.
void append_csv_row(std::string& lines, std::span<const Cells> columns, std::size_t row);

/// Local. A table of such lines.
TableText comma_separated();

/// A table of such rows in a file, by bgzip where its name ends in .gz. It has its name only when it is
/// whole.
class CsvWriter {
public:
    explicit CsvWriter(const std::string& path);

    /// Local. The names of the columns.
    void write_header(std::span<const std::string> names);
    /// Local. Rows behind those that are there: the cells of each column, of as many rows.
    void write(std::span<const Cells> columns);
    /// Local. Completes it.
    void finish();
    void publish();

private:
    void flush();

    WholeFile whole_;
    BgzfWriter writer_;
    std::string lines_; ///< that are not yet in the file
};

} // namespace swather
