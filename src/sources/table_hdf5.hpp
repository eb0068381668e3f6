// SPDX-License-Identifier: MIT
#pragma once

#include "h5/table.hpp"
#include "sources/input_paths.hpp"
#include "sources/stage.hpp"

#include <string>
#include <vector>

namespace swather {

/// A table in a file of HDF5, FILE.h5:/GROUP: the group's datasets of one dimension are its columns. Ranks
/// read rows of text, so it is staged as CSV.
class Hdf5Table {
public:
    /// Local. Looks at the group. `Exit::cannot_read`: no such file or group; `Exit::bad_data`: no file of
    /// HDF5, a damaged one, or a group that is no table.
    explicit Hdf5Table(InputName name);

    /// Local. Its columns, in the order in which they were made, or that of their bytes.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    /// The text of some of its columns, which are given by their numbers.
    struct Text {
        std::string header; ///< its first row
        Staged staged;      ///< all of it
    };
    /// Local. Writes columns as CSV, as `swather export --csv` does. Into `folder`, and with errors, as
    /// stage() has it. `Exit::bad_data`: a column is of values that no field can hold, or cannot be read.
    [[nodiscard]] Text stage(const std::vector<std::size_t>& columns, const std::string& folder) const;

private:
    [[nodiscard]] h5::TableReader open_rows(const h5::TableShape& shape) const;

    InputName name_;
    h5::Id file_, group_;
    h5::TableShape shape_;
    std::vector<std::string> names_; ///< as they were before they became names of datasets
};

/// Local. `Exit::usage` about a file of HDF5 of which no table is named: it tells those that there are.
Error no_table_named(const std::string& path);

} // namespace swather
