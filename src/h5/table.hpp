// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"
#include "results/cells.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// A group is a table: its datasets of one dimension, all of one length, are the columns.
namespace swather::h5 {

struct TableShape {
    std::vector<std::string> names; ///< of the columns, as column_names() gives them
    Index rows = 0;
};

/// Local. What table a group is; `table` is its name in errors. `Exit::bad_data`: it has no columns, or they
/// are not of one length.
TableShape table_in(hid_t group, const std::string& table);

/// Local. The name that a column had before it became that of a dataset.
std::string original_name(hid_t group, const std::string& column);

/// The rows of a table, read forwards, some ten thousand at a time.
class TableReader {
public:
    /// Local. Reads the columns of these names; the group must stay open as long. `Exit::bad_data`: one is of
    /// values that no field can hold.
    TableReader(hid_t group, const std::string& table, const TableShape& shape);

    /// Local. The cells of the next rows, for each column; none at the end. Integers are int64, of unsigned
    /// ones of 64 bits the digits; reals float64; strings are without what pads them; bool, as h5py has it,
    /// is True or False.
    std::optional<std::vector<Cells>> next();

private:
    using ReadCells = std::function<Cells(const Box& rows)>;

    static ReadCells reader_of(hid_t group, const std::string& table, const std::string& name);

    std::vector<ReadCells> columns_;
    Index rows_;
    Index rows_at_once_;
    Index row_ = 0; ///< the next
};

} // namespace swather::h5
