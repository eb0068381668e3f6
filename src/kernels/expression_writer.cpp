// SPDX-License-Identifier: MIT
#include "kernels/expression_writer.hpp"

#include <algorithm>

namespace swather::expression {

namespace {

using Type = Operand::Type;

Order order_of(std::string_view mark)
{
    if (mark == "!=") return Order::not_equal;
    if (mark == "<") return Order::less;
    if (mark == "<=") return Order::less_equal;
    if (mark == ">") return Order::greater;
    if (mark == ">=") return Order::greater_equal;
    return Order::equal;
}

/// What b op a is, where a op b is written.
Order mirrored(Order order)
{
    switch (order) {
    case Order::less:
        return Order::greater;
    case Order::less_equal:
        return Order::greater_equal;
    case Order::greater:
        return Order::less;
    case Order::greater_equal:
        return Order::less_equal;
    default:
        return order;
    }
}

} // namespace

Operand Writer::constant(const Number& number, const Token& token)
{
    program_.push_back(Constant{number});
    return {.type = Type::number, .begin = program_.size() - 1, .token = token};
}

Operand Writer::text(const Token& token) const
{
    return {.type = Type::text, .begin = program_.size(), .token = token};
}

Operand Writer::name(const Token& token)
{
    const std::size_t begin = program_.size();
    const std::string name = unquoted(token.text);
    const auto made = std::find(made_.rbegin(), made_.rend(), name);
    if (made != made_.rend()) {
        program_.push_back(Made{static_cast<std::size_t>(made_.rend() - made) - 1});
        return {.type = Type::number, .begin = begin, .token = token};
    }
    const auto known = std::find(columns_.begin(), columns_.end(), name);
    const auto column = static_cast<std::size_t>(known - columns_.begin());
    if (known == columns_.end()) columns_.push_back(name);
    program_.push_back(Field{column});
    return {.type = Type::column, .begin = begin, .token = token, .column = column};
}

void Writer::need_condition(const Operand& operand) const
{
    if (!operand.is(Type::condition)) tokens_.fail_in_name("a comparison (== != < <= > >= in)");
}

void Writer::need_number(const Operand& operand)
{
    if (operand.is(Type::text))
        tokens_.fail_at(operand.token, "a number: a text can be compared with a column, and no more");
    if (operand.is(Type::condition)) call(to_number, 1);
}

void Writer::be_quiet(const Operand& operand)
{
    if (operand.is(Type::column)) std::get<Field>(program_[operand.begin]).is_noted = false;
}

void Writer::call(Operation operation, std::size_t arguments)
{
    program_.push_back(Call{operation, arguments});
}

void Writer::compare(const Operand& left, std::string_view mark, const Operand& right)
{
    const Order order = order_of(mark);
    if (left.is(Type::text) || right.is(Type::text)) return compare_text(left, order, right);
    if (left.is(Type::column) && right.is(Type::column)) {
        program_.resize(left.begin);
        program_.push_back(CompareColumns{left.column, order, right.column});
        return;
    }
    if (left.is(Type::condition) || right.is(Type::condition))
        tokens_.fail_at(right.token, "a number: conditions are joined by and, or and not");
    be_quiet(left);
    be_quiet(right);
    call(operation_of(mark), 2);
}

void Writer::compare_text(const Operand& left, Order order, const Operand& right)
{
    const bool column_first = left.is(Type::column);
    const Operand& column = column_first ? left : right;
    const Operand& other = left.is(Type::text) ? right : left;
    // A text has no step: the last is of the other, and where that is a name it is the only one.
    if (!other.is(Type::text) && other.begin + 1 == program_.size() &&
        std::holds_alternative<Made>(program_.back()))
        tokens_.fail_at(other.token, "a column of the table: what --set makes is a number");
    if (!column.is(Type::column))
        tokens_.fail_at(right.token, "a column: a text is compared with nothing else");
    const Operand& text = column_first ? right : left;
    program_.resize(left.begin);
    program_.push_back(
        CompareText{column.column, column_first ? order : mirrored(order), unquoted(text.token.text)});
}

void Writer::is_in(IsIn list)
{
    std::sort(list.numbers.begin(), list.numbers.end());
    std::sort(list.texts.begin(), list.texts.end());
    program_.push_back(std::move(list));
}

std::size_t Writer::skip(bool deciding)
{
    program_.push_back(Skip{.when = deciding, .to = 0});
    return program_.size() - 1;
}

void Writer::land(const std::vector<std::size_t>& skips)
{
    for (const std::size_t skip : skips) std::get<Skip>(program_[skip]).to = program_.size();
}

} // namespace swather::expression
