// SPDX-License-Identifier: MIT
#include "kernels/where.hpp"

#include <algorithm>
#include <functional>
#include <type_traits>

namespace swather {

bool Where::holds(Operator op, std::partial_ordering order)
{
    switch (op) {
    case Operator::equal:
        return order == 0;
    case Operator::not_equal:
        return order != 0;
    case Operator::less:
        return order < 0;
    case Operator::less_equal:
        return order <= 0;
    case Operator::greater:
        return order > 0;
    case Operator::greater_equal:
        return order >= 0;
    }
    return false;
}

bool Where::CompareNumber::operator()(Fields fields) const
{
    return holds(op, parse_number(fields[column]) <=> number);
}

bool Where::CompareText::operator()(Fields fields) const { return holds(op, fields[column] <=> text); }

bool Where::CompareColumns::operator()(Fields fields) const
{
    const auto order = parse_number(fields[left]) <=> parse_number(fields[right]);
    return holds(op, order == std::partial_ordering::unordered ? fields[left] <=> fields[right] : order);
}

bool Where::IsIn::operator()(Fields fields) const
{
    if (std::binary_search(texts.begin(), texts.end(), fields[column], std::less<>())) return true;
    if (numbers.empty()) return false;
    const Number field = parse_number(fields[column]);
    return field.kind != Number::Kind::none && std::binary_search(numbers.begin(), numbers.end(), field);
}

bool Where::operator()(Fields fields) const
{
    bool truth = false;
    for (std::size_t next = 0; next < program_.size();) {
        const auto perform = [&]<class S>(const S& step) {
            if constexpr (std::is_same_v<S, Skip>) {
                if (truth == step.when) next = step.to;
            } else if constexpr (std::is_same_v<S, Not>) {
                truth = !truth;
            } else {
                truth = step(fields);
            }
        };
        std::visit(perform, program_[next++]);
    }
    return truth;
}

} // namespace swather
