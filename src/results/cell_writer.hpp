// SPDX-License-Identifier: MIT
#pragma once

#include "results/reducer.hpp"

namespace swather {

/// Writes the cells of one group, column by column.
class CellWriter {
public:
    CellWriter(const std::vector<GroupColumn>& columns, std::vector<GroupCells>& cells)
        : columns_(columns)
        , cells_(cells)
    {
    }

    /// Local. Type and name of the next column.
    [[nodiscard]] GroupColumn::Type type() const { return columns_[next_].type; }
    [[nodiscard]] const std::string& name() const { return columns_[next_].name; }
    /// Local. Writes the cell of the next column, which is of this type.
    void put(Index value) { std::get<std::vector<Index>>(cells_[next_++]).push_back(value); }
    void put(double value) { std::get<std::vector<double>>(cells_[next_++]).push_back(value); }
    void put(std::string_view value) { std::get<Texts>(cells_[next_++]).push_back(value); }

private:
    const std::vector<GroupColumn>& columns_;
    std::vector<GroupCells>& cells_;
    std::size_t next_ = 0;
};

} // namespace swather
