// SPDX-License-Identifier: MIT
#pragma once

#include "results/column.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace swather {

/// A fact that stands at a group or dataset, as an attribute.
struct Attribute {
    std::string path; ///< of the group or dataset
    std::string name;
    std::variant<Index, double, std::string> value;
};

/// Columns over one dimension of a group.
struct Table {
    std::string group;
    std::string dimension;
    Index rows = 0;
    std::vector<Column> columns;
    std::vector<LateColumn> late = {}; ///< they come before the others
    /// The dataset before which the columns are made; without one, they are made behind all.
    std::optional<std::size_t> before = std::nullopt;
};

/// A matrix, its dimensions in the group in which it stands.
struct Matrix {
    std::string path;
    std::string row_dimension;
    std::string column_dimension;
    Index rows = 0;
    Index columns = 0;
    /// The values of a row, made as they are written; whoever made the matrix must still live.
    std::function<std::vector<double>(Index number)> row;
    std::string long_name;
};

/// What a source or a kernel has to say in the file beside its results: all of it is known before the first
/// block, and is small but for matrices.
struct Supplement {
    std::vector<Table> tables;
    std::vector<Matrix> matrices;
    std::vector<Attribute> attributes;

    /// Local. Appends all of another.
    void append(Supplement other)
    {
        std::move(other.tables.begin(), other.tables.end(), std::back_inserter(tables));
        std::move(other.matrices.begin(), other.matrices.end(), std::back_inserter(matrices));
        std::move(other.attributes.begin(), other.attributes.end(), std::back_inserter(attributes));
    }
};

} // namespace swather
