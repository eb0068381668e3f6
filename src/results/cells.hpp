// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "results/texts.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace swather {

/// A column of groups or of rows, as it will stand in the file.
struct CellColumn {
    enum class Type { int64, float64, character, text };

    std::string name;
    Type type = Type::int64;
    std::string long_name;
};

/// The cells of one column for some groups or rows, one after the other; in the order of the types.
using Cells = std::variant<std::vector<Index>, std::vector<double>, std::vector<char>, Texts>;

/// Local. How many cells there are of a column.
inline std::size_t rows_of(const Cells& cells)
{
    return std::visit([](const auto& of_column) { return of_column.size(); }, cells);
}

/// Local. What the cells of a column are.
inline CellColumn::Type type_of(const Cells& cells) { return static_cast<CellColumn::Type>(cells.index()); }

/// Local. No cells yet, of each column.
inline std::vector<Cells> no_cells(const std::vector<CellColumn>& columns)
{
    std::vector<Cells> cells;
    for (const CellColumn& column : columns) {
        switch (column.type) {
        case CellColumn::Type::int64:
            cells.emplace_back(std::vector<Index>());
            break;
        case CellColumn::Type::float64:
            cells.emplace_back(std::vector<double>());
            break;
        case CellColumn::Type::character:
            cells.emplace_back(std::vector<char>());
            break;
        case CellColumn::Type::text:
            cells.emplace_back(Texts());
        }
    }
    return cells;
}

/// Local. Room for so many cells of each column that has no texts.
inline void reserve(std::vector<Cells>& cells, std::size_t rows)
{
    for (Cells& of_column : cells)
        std::visit(
            [&](auto& values) {
                if constexpr (!std::is_same_v<std::decay_t<decltype(values)>, Texts>) values.reserve(rows);
            },
            of_column);
}

} // namespace swather
