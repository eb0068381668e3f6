// SPDX-License-Identifier: MIT
#pragma once

#include "base/number.hpp"

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace swather {

/// Which rows of a table count: `Age >= 18 and not Site in ("B", "C")`.
///
/// A column is a name, or in backticks where it has blanks or signs; a text is in quotes, single or double;
/// the mark that closes is doubled to stand for itself. Compared with a number, a field is read as one, and
/// where it is none only != is true, as with the NaN of pandas; compared with a text, bytes are. Two columns
/// are compared as numbers where both fields are, else as bytes. Integers are compared exactly.
class Where {
public:
    /// Local. Reads an expression. Throws `Exit::usage` that shows the place, what was found there and what
    /// was expected.
    explicit Where(std::string_view expression);

    /// Local. The columns it needs, each once, in the order in which they occur.
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }

    /// Local. Whether a row counts, by its fields of `columns()`, in that order. Allocates nothing.
    bool operator()(std::span<const std::string_view> fields) const;

private:
    using Fields = std::span<const std::string_view>;
    enum class Operator { equal, not_equal, less, less_equal, greater, greater_equal };

    // The program works on one truth value. A comparison sets it; a Skip goes on at step `to` where it is
    // already what decides an `or` (true) or an `and` (false).
    struct CompareNumber {
        std::size_t column;
        Operator op;
        Number number;
        bool operator()(Fields fields) const;
    };
    struct CompareText {
        std::size_t column;
        Operator op;
        std::string text;
        bool operator()(Fields fields) const;
    };
    struct CompareColumns {
        std::size_t left;
        Operator op;
        std::size_t right;
        bool operator()(Fields fields) const;
    };
    struct IsIn {
        std::size_t column;
        std::vector<Number> numbers;    ///< sorted
        std::vector<std::string> texts; ///< sorted
        bool operator()(Fields fields) const;
    };
    struct Not {};
    struct Skip {
        bool when;
        std::size_t to;
    };
    using Step = std::variant<CompareNumber, CompareText, CompareColumns, IsIn, Not, Skip>;

    class Parser;
    static bool holds(Operator op, std::partial_ordering order);

    std::vector<std::string> columns_;
    std::vector<Step> program_;
};

} // namespace swather
