// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_domain.hpp"
#include "results/cells.hpp"
#include "results/column.hpp"

#include <optional>

namespace swather {

/// The items of a Scalar that have axes of their own, as a table that comes in one round: their coordinates,
/// then what is known of each. All is local.
class ItemTable {
public:
    /// `items`: all that lie along the axes, in C order; or none, on ranks that have no rows. There is a
    /// column for each axis, but for a single item none.
    ItemTable(const std::vector<Axis>& axes, Index items);

    /// Local. One more column, or one for each place along `inner`; of no items, its values tell of what type
    /// they are.
    void append(const std::string& name, const std::vector<Axis>& inner, const Column::Values& values);

    [[nodiscard]] const std::vector<CellColumn>& columns() const { return columns_; }
    /// Local. All rows, once.
    std::optional<std::vector<Cells>> next();

private:
    std::vector<CellColumn> columns_;
    std::vector<Cells> cells_;
    bool is_told_ = false;
};

} // namespace swather
