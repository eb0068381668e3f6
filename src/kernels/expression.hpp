// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/expression_program.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// What is computed of each row of a table: a condition, `Age >= 18 and not Site in ("B", "C")`, or a new
/// column, `H = sqrt(A*A + B*B) + C/2`.
///
/// A column is a name, or in backticks where it has blanks or signs; a text is in quotes, single or double;
/// the mark that closes is doubled to stand for itself. Compared with a number, a field is read as one, and
/// where it is none only != is true, as with the NaN of pandas; compared with a text, bytes are. Two columns
/// are compared as numbers where both fields are, as bytes where one is a text; where one is missing only !=
/// is true. Integers are compared exactly. What can be
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
    [[nodiscard]] const expression::Program& program() const { return program_; }

private:
    std::string name_;
    std::string text_;
    expression::Program program_;
};

} // namespace swather
