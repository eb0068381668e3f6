// SPDX-License-Identifier: MIT
// libFuzzer: any text is an expression or wrong use, and what it says of a row depends on no other row.
#include "base/error.hpp"
#include "fuzz/expect.hpp"
#include "kernels/evaluator.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <optional>

using namespace swather;

namespace {

constexpr std::size_t rows = 16;

/// Numbers at the edges of their types, and what is none.
constexpr std::array<std::string_view, 19> odd_fields{"1",
                                                      "0",
                                                      "-1",
                                                      "",
                                                      "9223372036854775807",
                                                      "x",
                                                      "-9223372036854775808",
                                                      "0.5",
                                                      "-0.0",
                                                      "NA",
                                                      "inf",
                                                      "1e308",
                                                      "-inf",
                                                      "5e-324",
                                                      "9007199254740993",
                                                      " 7 ",
                                                      "9007199254740992.0",
                                                      "1e999",
                                                      "-3"};

/// No two columns, and no two rows, are alike.
std::vector<std::string_view> fields_for(std::size_t columns)
{
    std::vector<std::string_view> fields;
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            fields.push_back(odd_fields[(row + 5 * column) % odd_fields.size()]);
    return fields;
}

void expect_same(const Values& all, std::size_t row, const Values& alone)
{
    expect(all.marks[row] == alone.marks[0], "the marks of a row depend on others");
    if ((all.marks[row] & mark::integer) != 0) {
        expect(all.integer[row] == alone.integer[0], "the integer of a row depends on others");
        expect(all.real[row] == static_cast<double>(all.integer[row]), "an integer is not its double");
    }
    expect(all.real[row] == alone.real[0] || (std::isnan(all.real[row]) && std::isnan(alone.real[0])),
           "the number of a row depends on others");
    expect((all.marks[row] & ~all.any) == 0, "a mark is not among those of all");
}

void evaluate(const Expression& expression, std::size_t columns, bool is_condition)
{
    const auto fields = fields_for(columns);
    Evaluator of_all, of_one;
    of_all.start({.fields = fields, .rows = rows, .stride = columns});
    std::vector<std::uint8_t> truths;
    const Values* values = nullptr;
    if (is_condition) {
        const auto marks = of_all(expression);
        truths.assign(marks.begin(), marks.end());
        expect(truths.size() == rows, "a row has no condition");
    } else {
        values = &of_all.make(expression);
    }
    for (std::size_t row = 0; row < rows; ++row) {
        of_one.start(
            {.fields = std::span(fields).subspan(row * columns, columns), .rows = 1, .stride = columns});
        if (is_condition)
            expect(of_one(expression).front() == truths[row], "the condition of a row depends on others");
        else
            expect_same(*values, row, of_one.make(expression));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const bool is_condition : {true, false}) {
        Expression::Names columns;
        std::optional<Expression> expression;
        try {
            expression = is_condition ? Expression::condition(text, columns)
                                      : Expression::assignment(text, columns, {});
        } catch (const Error& error) {
            expect(error.code() == Exit::usage, "an expression is more than wrong use");
            continue;
        }
        evaluate(*expression, columns.size(), is_condition);
    }
    return 0;
}
