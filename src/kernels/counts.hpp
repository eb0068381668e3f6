// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/expression.hpp"
#include "kernels/group_value.hpp"
#include "kernels/table_audit.hpp"

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace swather {

/// Rows per group, and sums, means, extremes and numbers of different values of other columns in each.
class Counts {
public:
    static constexpr std::string_view name = "counts";
    static constexpr std::string_view title = "rows per group";
    using View = TableView;

    struct Options {
        std::vector<std::string> by; ///< the columns whose values make a group; at least one
        std::vector<std::string> sum, mean, min, max, distinct;
        std::optional<std::string> where; ///< only these rows
        bool strict = false;              ///< odd rows are an error
        bool order_by_count = false;      ///< the largest groups first, not in the order of their keys
    };

    /// Local. `Exit::usage`: an expression that is none.
    explicit Counts(Options options);

    /// The columns that a view must have, in this order.
    [[nodiscard]] std::vector<std::string> columns() const;
    /// A row that begins in a block is read to its end by the source: no further cells are needed.
    [[nodiscard]] Index halo() const { return 0; }
    /// Local. What so many bytes of table take where each row is a group of its own, and has no more than 8
    /// bytes and 4 for each further column.
    [[nodiscard]] double working_bytes(Index table_bytes) const;
    [[nodiscard]] std::tuple<KeyedOutput, ScalarOutput<TableAudit>> outputs() const;
    /// Local. The groups of the rows that begin in a block, and what is odd in its files.
    std::tuple<Keyed, Scalar<TableAudit>> operator()(TableView view) const;

    /// The columns of each kind, each once.
    struct Layout {
        std::vector<std::string> by, summed, ranged, distinct;
    };

private:
    Options options_;
    Layout layout_;
    std::optional<Expression> where_;
    Expression::Names where_columns_; ///< that it needs
};

} // namespace swather
