// SPDX-License-Identifier: MIT
#pragma once

#include "results/cells.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace swather {

/// The table of an output file of `swather transform`, `counts` or `motif`, read forwards: some ten thousand
/// rows are in memory at a time.
class StoredTable {
public:
    /// Local. `Exit::cannot_read`: no such file. `Exit::bad_data`: not a file of swather, not a complete one,
    /// or one without a table.
    explicit StoredTable(const std::string& path);
    ~StoredTable();

    /// Local. Of the columns, as they were before they became names of datasets.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Local. The cells of the next rows, for each column; none at the end. `Exit::bad_data`: the file is
    /// damaged.
    std::optional<std::vector<Cells>> next();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
