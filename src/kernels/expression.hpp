// SPDX-License-Identifier: MIT
#pragma once

#include "base/number.hpp"
#include "kernels/values.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace swather {

/// What is computed of each row of a table: a condition, `Age >= 18 and not Site in ("B", "C")`, or a new
/// column, `H = sqrt(A*A + B*B) + C/2`.
///
/// A column is a name, or in backticks where it has blanks or signs; a text is in quotes, single or double;
/// the mark that closes is doubled to stand for itself. Compared with a number, a field is read as one, and
/// where it is none only != is true, as with the NaN of pandas; compared with a text, bytes are. Two columns
/// are compared as numbers where both fields are, else as bytes. Integers are compared exactly. What can be
/// computed of numbers is told by `operation_of` and `functions`; a missing one is NaN, and a text that is
/// none as well, but that is noted. It is kept as a program for a stack, so that its length is no matter.
class Expression {
public:
    using Names = std::vector<std::string>;

    /// Local. Reads a condition; names of columns that it needs and that are not among `columns` are appended
    /// to them. Throws `Exit::usage` that shows the place, what was found there and what was expected.
    static Expression condition(std::string_view text, Names& columns);
    /// Local. The same of `NAME = EXPRESSION`, of a number for each row or of a condition, which is 1 or 0.
    /// `made`: the names of those before it, whose values stand for columns of these names.
    static Expression assignment(std::string_view text, Names& columns, const Names& made);

    /// Local. Of an assignment, the name, and what stands behind the sign.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    friend class Evaluator;

    struct Constant {
        Number number;
    };
    /// The fields of a column as numbers.
    struct Field {
        std::size_t column = 0;
        bool is_noted = true; ///< where one is a text that is no number
    };
    /// The values of an assignment before.
    struct Made {
        std::size_t assignment = 0;
    };
    struct Call {
        Operation operation = nullptr;
        std::size_t arguments = 0;
    };
    enum class Order { equal, not_equal, less, less_equal, greater, greater_equal };
    struct CompareText {
        std::size_t column = 0;
        Order order = Order::equal;
        std::string text;
    };
    struct CompareColumns {
        std::size_t left = 0;
        Order order = Order::equal;
        std::size_t right = 0;
    };
    /// Whether a number is one of some, or the field of `column` one of some texts.
    struct IsIn {
        std::vector<Number> numbers; ///< sorted
        std::size_t column = 0;
        std::vector<std::string> texts; ///< sorted
    };
    /// Goes on at step `to` where in all rows the condition is already what decides an `or` (true) or an
    /// `and` (false).
    struct Skip {
        bool when = false;
        std::size_t to = 0;
    };
    using Step = std::variant<Constant, Field, Made, Call, CompareText, CompareColumns, IsIn, Skip>;

    class Parser;

    std::string name_;
    std::string text_;
    std::vector<Step> program_;
};

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

private:
    struct Column {
        Values numbers;
        bool is_read = false;
    };

    void run(const Expression& expression);
    Values& push();
    const Values& numbers_of(std::size_t column);
    template <class Holds>
    void push_condition(Holds holds);

    void perform(const Expression::Constant& step);
    void perform(const Expression::Field& step);
    void perform(const Expression::Made& step);
    void perform(const Expression::Call& step);
    void perform(const Expression::CompareText& step);
    void perform(const Expression::CompareColumns& step);
    void perform(const Expression::IsIn& step);

    FieldTable rows_;
    std::vector<Column> columns_;
    std::deque<Values> made_; ///< they are referred to while others are made
    std::size_t made_count_ = 0;
    std::vector<Values> stack_;
    std::size_t depth_ = 0;
};

} // namespace swather
