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

/// The rows of a file, and how many of them are left out.
struct TransformAudit : TableAudit {
    Index dropped = 0; ///< rows for which the condition does not hold

    void merge(const TransformAudit& later)
    {
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
    /// Local. What so many bytes of table take while they are packed, where a row has no more than its
    /// delimiters, and one byte beside them.
    [[nodiscard]] double working_bytes(Index table_bytes) const;
    [[nodiscard]] Outputs outputs() const;
    /// Local. The rows that begin in a block, and what is odd in its files.
    Results operator()(TableView view) const;

private:
    void choose_columns(const std::vector<std::string>& of_table, const Expression::Names& made);

    Options options_;
    Expression::Names fields_;       ///< columns of the table that are needed
    std::size_t least_of_a_row_ = 0; ///< bytes
    std::optional<Expression> where_;
    std::vector<Expression> assignments_;
    std::shared_ptr<const std::vector<TransformColumn>> columns_; ///< the output has them too
};

} // namespace swather
