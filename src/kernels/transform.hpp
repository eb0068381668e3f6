// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/table_audit.hpp"
#include "kernels/transform_rows.hpp"

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace swather {

/// The rows of a file, and those of which a new column is odd.
struct TransformAudit : TableAudit {
    Index dropped = 0; ///< rows for which the condition does not hold
    OddRows by_zero;
    OddRows too_large;

    void merge(const TransformAudit& later)
    {
        by_zero.merge(later.by_zero, rows.lines);
        too_large.merge(later.too_large, rows.lines);
        dropped += later.dropped;
        TableAudit::merge(later);
    }
};

/// The rows of a table in their order, with new columns made of others.
class Transform {
public:
    static constexpr std::string_view name = "transform";
    static constexpr std::string_view title = "rows of a table";
    using View = TableView;
    using Outputs = std::tuple<RowsOutput, ScalarOutput<TransformAudit>>;
    using Results = ResultsOf<Outputs>;

    struct Options {
        std::vector<std::string> set;  ///< NAME = EXPRESSION; each may use those before
        std::vector<std::string> keep; ///< the columns of the result, in this order; empty: all
        std::optional<std::string> where;
        bool strict = false; ///< odd rows are an error
    };

    /// Local. `of_table`: the columns of the table. Where all are kept, one that is set again stands where it
    /// stood, and new ones behind. `Exit::usage`: an expression that is none.
    Transform(Options options, const std::vector<std::string>& of_table);

    /// The columns that a view must have, in this order.
    [[nodiscard]] const std::vector<std::string>& columns() const { return fields_; }
    [[nodiscard]] Index halo() const { return 0; }
    /// Local. What so many bytes of table take while they are packed, where a row has at least 4 bytes, and 4
    /// for each column that is needed.
    [[nodiscard]] double working_bytes(Index table_bytes) const;
    [[nodiscard]] Outputs outputs() const;
    /// Local. The rows that begin in a block, and what is odd in its files.
    Results operator()(TableView view) const;

private:
    void choose_columns(const std::vector<std::string>& of_table, const Expression::Names& made);

    Options options_;
    Expression::Names fields_; ///< columns of the table that are needed
    std::optional<Expression> where_;
    std::vector<Expression> assignments_;
    std::shared_ptr<const std::vector<TransformColumn>> columns_; ///< the output has them too
};

} // namespace swather
