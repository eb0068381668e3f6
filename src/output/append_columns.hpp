// SPDX-License-Identifier: MIT
#pragma once

#include "output/content.hpp"
#include "results/cells.hpp"

#include <functional>
#include <optional>

namespace swather {

/// Of a column in the file.
constexpr Index rows_of_a_chunk = 1 << 16;

/// Columns that all ranks make together: where they stand, and what they are.
struct ColumnPlace {
    std::string group;
    std::string dimension; ///< along which the rows lie
    std::vector<CellColumn> columns;
};

/// Collective. The cells of this rank's rows in the next round, for each column; those of the next rank
/// follow them. None, on all ranks, when there are no more.
using NextCells = std::function<std::optional<std::vector<Cells>>()>;

/// Collective. Appends the rows of all rounds to the content of a file: a dataset for each column of numbers
/// or characters; of text up to a million values and 16 MiB a column of strings, and beyond, or where a value
/// is longer than 256 bytes or is not UTF-8, two datasets NAME_bytes and NAME_offset. Returns the number of
/// rows.
Index append_columns(const Communicator& comm, Journal& journal, const ColumnPlace& place,
                     const NextCells& next, int level, Content& content);

} // namespace swather
