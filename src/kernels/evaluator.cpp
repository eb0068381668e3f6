// SPDX-License-Identifier: MIT
#include "kernels/evaluator.hpp"

#include <algorithm>
#include <compare>
#include <functional>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

namespace swather {

namespace {

template <class Order>
bool holds(Order order, std::partial_ordering found)
{
    switch (order) {
    case Order::equal:
        return found == 0;
    case Order::not_equal:
        return found != 0;
    case Order::less:
        return found < 0;
    case Order::less_equal:
        return found <= 0;
    case Order::greater:
        return found > 0;
    case Order::greater_equal:
        return found >= 0;
    }
    return false;
}

void set(Values& values, std::size_t row, const Number& number)
{
    values.real[row] =
        number.kind == Number::Kind::none ? std::numeric_limits<double>::quiet_NaN() : number.real;
    values.integer[row] = number.integer;
    values.marks[row] = number.kind == Number::Kind::integer        ? mark::integer
                        : number.kind == Number::Kind::out_of_range ? mark::too_large
                                                                    : 0;
}

/// Two integers without blanks around them, of any length: by sign, number of digits and digits. Unordered
/// where one is none.
std::partial_ordering order_of_digits(std::string_view a, std::string_view b)
{
    struct Digits {
        bool negative;
        std::string_view text; // without zeros in front
    };
    const auto digits_of = [](std::string_view field) -> std::optional<Digits> {
        const bool negative = field.starts_with('-');
        if (negative || field.starts_with('+')) field.remove_prefix(1);
        if (field.find_first_not_of("0123456789") != field.npos) return std::nullopt;
        return Digits{negative, field.substr(std::min(field.find_first_not_of('0'), field.size()))};
    };
    const auto left = digits_of(a);
    const auto right = digits_of(b);
    if (!left || !right) return std::partial_ordering::unordered;
    if (left->negative != right->negative)
        return left->negative ? std::partial_ordering::less : std::partial_ordering::greater;
    const auto& [greater, less] =
        left->negative ? std::pair(right->text, left->text) : std::pair(left->text, right->text);
    return greater.size() == less.size() ? greater <=> less : greater.size() <=> less.size();
}

/// A field, and the number that it is.
struct NumberField {
    std::string_view text;
    Number number;
    std::uint8_t marks;
};

/// As numbers where both are; what is missing is ordered with none; and a text by its bytes.
std::partial_ordering operator<=>(const NumberField& a, const NumberField& b)
{
    const auto is_number = [](const NumberField& field) { return field.number.kind != Number::Kind::none; };
    if (is_number(a) && is_number(b)) {
        if (((a.marks | b.marks) & mark::too_large) != 0) { // rounded, they might be equal
            const auto order = order_of_digits(without_blanks(a.text), without_blanks(b.text));
            if (order != std::partial_ordering::unordered) return order;
        }
        return a.number <=> b.number;
    }
    const auto has_none = [](const NumberField& field) {
        return is_blank(field.text) || is_missing(field.text);
    };
    if (has_none(a) || has_none(b)) return std::partial_ordering::unordered;
    return a.text <=> b.text;
}

} // namespace

void Evaluator::start(const FieldTable& rows)
{
    rows_ = rows;
    if (columns_.size() < rows.stride) columns_.resize(rows.stride);
    for (Column& column : columns_) column.is_read = false;
    made_count_ = 0;
}

std::span<const std::uint8_t> Evaluator::operator()(const Expression& condition)
{
    run(condition);
    return stack_.front().marks;
}

const Values& Evaluator::make(const Expression& assignment)
{
    run(assignment);
    if (made_.size() == made_count_) made_.emplace_back();
    std::swap(made_[made_count_], stack_.front());
    return made_[made_count_++];
}

void Evaluator::run(const Expression& expression)
{
    depth_ = 0;
    for (std::size_t next = 0; next < expression.program().size();) {
        const auto do_step = [&]<class S>(const S& step) {
            if constexpr (std::is_same_v<S, expression::Skip>) {
                const auto& marks = stack_[depth_ - 1].marks;
                const auto decided = [&](std::uint8_t of_row) {
                    return ((of_row & mark::truth) != 0) == step.when;
                };
                if (std::all_of(marks.begin(), marks.end(), decided)) next = step.to;
            } else {
                perform(step);
            }
        };
        std::visit(do_step, expression.program()[next++]);
    }
}

/// A list more on the stack; what stands in it is of no use.
Values& Evaluator::push()
{
    if (stack_.size() == depth_) stack_.emplace_back();
    Values& values = stack_[depth_++];
    values.resize(rows_.rows);
    return values;
}

const Values& Evaluator::numbers_of(std::size_t column)
{
    Column& of_this = columns_[column];
    if (of_this.is_read) return of_this.numbers;
    Values& numbers = of_this.numbers;
    numbers.resize(rows_.rows);
    numbers.any = 0;
    for (std::size_t row = 0; row < rows_.rows; ++row) {
        const std::string_view field = rows_(row, column);
        const Number number = parse_number_or_infinity(field);
        set(numbers, row, number);
        if (number.kind == Number::Kind::none && !is_blank(field)) numbers.marks[row] = mark::not_number;
        numbers.any |= numbers.marks[row];
    }
    of_this.is_read = true;
    return numbers;
}

/// The condition of each row, whose number `holds` is given.
template <class Holds>
void Evaluator::push_condition(Holds holds)
{
    Values& values = push();
    for (std::size_t row = 0; row < rows_.rows; ++row) values.marks[row] = holds(row) ? mark::truth : 0;
    values.any = mark::truth;
}

void Evaluator::perform(const expression::Constant& step)
{
    Values& values = push();
    std::fill(values.real.begin(), values.real.end(), step.number.real);
    std::fill(values.integer.begin(), values.integer.end(), step.number.integer);
    values.any = step.number.kind == Number::Kind::integer ? mark::integer : 0;
    std::fill(values.marks.begin(), values.marks.end(), values.any);
}

void Evaluator::perform(const expression::Field& step)
{
    const Values& numbers = numbers_of(step.column);
    Values& values = push();
    values = numbers;
    if (step.is_noted || (values.any & mark::notes) == 0) return;
    for (std::uint8_t& marks : values.marks) marks &= mark::integer;
    values.any &= mark::integer;
}

void Evaluator::perform(const expression::Made& step)
{
    const Values& numbers = made_[step.assignment];
    push() = numbers;
}

void Evaluator::perform(const expression::Call& step)
{
    depth_ -= step.arguments - 1;
    step.operation(std::span(stack_).subspan(depth_ - 1, step.arguments));
}

void Evaluator::perform(const expression::CompareText& step)
{
    push_condition([&](std::size_t row) { return holds(step.order, rows_(row, step.column) <=> step.text); });
}

void Evaluator::perform(const expression::CompareColumns& step)
{
    const Values& left = numbers_of(step.left);
    const Values& right = numbers_of(step.right);
    push_condition([&](std::size_t row) {
        const NumberField a{rows_(row, step.left), left.number(row), left.marks[row]};
        const NumberField b{rows_(row, step.right), right.number(row), right.marks[row]};
        return holds(step.order, a <=> b);
    });
}

void Evaluator::perform(const expression::IsIn& step)
{
    Values& values = stack_[depth_ - 1];
    for (std::size_t row = 0; row < rows_.rows; ++row) {
        bool found = !step.texts.empty() && std::binary_search(step.texts.begin(), step.texts.end(),
                                                               rows_(row, step.column), std::less<>());
        const Number number = values.number(row);
        if (!found && number.kind != Number::Kind::none)
            found = std::binary_search(step.numbers.begin(), step.numbers.end(), number);
        values.marks[row] =
            static_cast<std::uint8_t>((values.marks[row] & mark::notes) | (found ? mark::truth : 0));
    }
    values.any = static_cast<std::uint8_t>((values.any & mark::notes) | mark::truth);
}

} // namespace swather
