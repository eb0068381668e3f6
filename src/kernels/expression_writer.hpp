// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/expression_program.hpp"
#include "kernels/expression_tokens.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather::expression {

/// What a part of an expression is. Its steps are the last of the program, from `begin` on; a text has none,
/// and a column one, which may still become a part of another.
struct Operand {
    enum class Type { number, column, condition, text };

    Type type = Type::number;
    std::size_t begin = 0;
    Token token; ///< with which it begins
    std::size_t column = 0;

    [[nodiscard]] bool is(Type one) const { return type == one; }
};

/// Writes the program of an expression behind its parser, which tells the parts in the order in which they
/// stand; each of the wrong type is an error. All is local, errors are `Exit::usage`.
class Writer {
public:
    using Names = std::vector<std::string>;

    /// `columns`: those that are known, to which others are appended; `made`: names of the assignments
    /// before; `tokens` shows the place of an error. All must live as long.
    Writer(const Tokens& tokens, Names& columns, const Names& made)
        : tokens_(tokens)
        , columns_(columns)
        , made_(made)
    {
    }

    Operand constant(const Number& number, const Token& token);
    [[nodiscard]] Operand text(const Token& token) const;
    /// A column, or an assignment before: of several of one name the last.
    Operand name(const Token& token);

    /// That the last part is a condition, or a number; as a number, a condition is 1 or 0.
    void need_condition(const Operand& operand) const;
    void need_number(const Operand& operand);
    /// That what is no number in a column is not noted: it is unequal, or NaN, and no more.
    void be_quiet(const Operand& operand);

    /// What is computed of the last parts.
    void call(Operation operation, std::size_t arguments);
    void compare(const Operand& left, std::string_view mark, const Operand& right);
    void is_in(IsIn list);

    /// A place from which the program goes on where a condition decides alone; `land` says where.
    std::size_t skip(bool deciding);
    void land(const std::vector<std::size_t>& skips);

    [[nodiscard]] Program take() && { return std::move(program_); }

private:
    void compare_text(const Operand& left, Order order, const Operand& right);

    const Tokens& tokens_;
    Names& columns_;
    const Names& made_;
    Program program_;
};

} // namespace swather::expression
