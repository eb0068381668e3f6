// SPDX-License-Identifier: MIT
#pragma once

#include "base/number.hpp"
#include "kernels/values.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace swather::expression {

/// The steps of an expression: of a machine with a stack, each element of which is a value for each row.

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

/// Goes on at step `to` where in all rows the condition is already what decides an `or` (true) or an `and`
/// (false).
struct Skip {
    bool when = false;
    std::size_t to = 0;
};

using Step = std::variant<Constant, Field, Made, Call, CompareText, CompareColumns, IsIn, Skip>;
using Program = std::vector<Step>;

} // namespace swather::expression
