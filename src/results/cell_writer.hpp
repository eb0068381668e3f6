// SPDX-License-Identifier: MIT
#pragma once

#include "results/cells.hpp"

namespace swather {

/// Writes the cells of one group or row, column by column.
class CellWriter {
public:
    CellWriter(const std::vector<CellColumn>& columns, std::vector<Cells>& cells)
        : columns_(columns)
        , cells_(cells)
    {
    }

    /// Local. Type and name of the next column.
    [[nodiscard]] CellColumn::Type type() const { return columns_[next_].type; }
    [[nodiscard]] const std::string& name() const { return columns_[next_].name; }
    /// Local. Writes the cell of the next column, which is of this type.
    void put(Index value) { std::get<std::vector<Index>>(cells_[next_++]).push_back(value); }
    void put(double value) { std::get<std::vector<double>>(cells_[next_++]).push_back(value); }
    void put(char value) { std::get<std::vector<char>>(cells_[next_++]).push_back(value); }
    void put(std::string_view value) { std::get<Texts>(cells_[next_++]).push_back(value); }

private:
    const std::vector<CellColumn>& columns_;
    std::vector<Cells>& cells_;
    std::size_t next_ = 0;
};

} // namespace swather
