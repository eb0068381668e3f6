// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/expression.hpp"

#include <cstddef>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

namespace swather {

/// Fields of some rows: row after row, `stride` from one to the next.
struct FieldTable {
    std::span<const std::string_view> fields;
    std::size_t rows = 0;
    std::size_t stride = 0;

    [[nodiscard]] std::string_view operator()(std::size_t row, std::size_t column) const
    {
        return fields[row * stride + column];
    }
};

/// Evaluates expressions for the rows of a batch, column by column. All is local.
class Evaluator {
public:
    /// Local. Goes to other rows. Their fields are those of the columns that the expressions have named, in
    /// that order; they must live as long as they are looked at.
    void start(const FieldTable& rows);
    /// Local. Of a condition: the marks of each row, among them whether it holds. They live until the next
    /// call.
    std::span<const std::uint8_t> operator()(const Expression& condition);
    /// Local. The numbers of an assignment, behind those that are made. They live until the next `start`.
    const Values& make(const Expression& assignment);
    /// Local. The fields of a column as numbers, each of which is read once. They live until the next
    /// `start`.
    const Values& numbers_of(std::size_t column);

private:
    struct Column {
        Values numbers;
        bool is_read = false;
    };

    void run(const Expression& expression);
    Values& push();
    template <class Holds>
    void push_condition(Holds holds);

    void perform(const expression::Constant& step);
    void perform(const expression::Field& step);
    void perform(const expression::Made& step);
    void perform(const expression::Call& step);
    void perform(const expression::CompareText& step);
    void perform(const expression::CompareColumns& step);
    void perform(const expression::IsIn& step);

    FieldTable rows_;
    std::vector<Column> columns_;
    std::deque<Values> made_; ///< they are referred to while others are made
    std::size_t made_count_ = 0;
    std::vector<Values> stack_;
    std::size_t depth_ = 0;
};

} // namespace swather
