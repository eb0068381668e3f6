// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"
#include "results/cells.hpp"
#include "sources/bgzf_writer.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A table as Python's csv.writer makes it, with LF behind each row: a text is in quotes only where it must
/// be, a float is its repr(), and what is missing is empty. By bgzip where the name ends in .gz. It has its
/// name only when it is whole.
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
    void append(const Cells& column, std::size_t row);
    void append_text(std::string_view text);
    void end_row();
    void flush();

    WholeFile whole_;
    BgzfWriter writer_;
    std::string lines_;
    std::size_t row_begin_ = 0; ///< of the last row among the lines
};

} // namespace swather
