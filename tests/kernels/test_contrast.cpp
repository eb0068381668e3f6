// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/contrast.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

using namespace swather;

namespace {

using Strings = std::vector<std::string>;
using Rows = std::vector<std::vector<double>>;

const Strings columns{"A", "B", "C_derivative", "my cond", "constant"};

Rows rows_of(const Contrast& contrast)
{
    Rows rows;
    for (const auto& row : contrast.rows.rowwise()) rows.emplace_back(row.begin(), row.end());
    return rows;
}

Rows t(std::string_view text, const Strings& names = columns) { return rows_of(parse_contrast(text, names)); }
Rows f(std::string_view text, const Strings& names = columns) { return rows_of(parse_f_test(text, names)); }

std::string error_of(const std::function<void()>& parse)
{
    try {
        parse();
        return "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::usage);
        return error.what();
    }
}

} // namespace

TEST(Contrast, CombinationsOfColumns)
{
    const std::vector<std::pair<const char*, std::vector<double>>> golden{
        {"A", {1, 0, 0, 0, 0}},
        {" A ", {1, 0, 0, 0, 0}},
        {"A - B", {1, -1, 0, 0, 0}},
        {"A-B", {1, -1, 0, 0, 0}},
        {"0.5*A - B/2", {.5, -.5, 0, 0, 0}},
        {"(A + B)/2 - C_derivative", {.5, .5, -1, 0, 0}},
        {"-A", {-1, 0, 0, 0, 0}},
        {"--A + +B", {1, 1, 0, 0, 0}},
        {"-(A - B)*3/(1 + 1)", {-1.5, 1.5, 0, 0, 0}},
        {"2*-3*A", {-6, 0, 0, 0, 0}},
        {"5*A/3", {5. / 3, 0, 0, 0, 0}},
        {"A*1e-3+B*.5E+1", {1e-3, 5, 0, 0, 0}},
        {"1/2*A", {.5, 0, 0, 0, 0}},
        {"A - B - B", {1, -2, 0, 0, 0}},
        {"A - (B - A)", {2, -1, 0, 0, 0}},
        {"A - A", {0, 0, 0, 0, 0}},
        {"my cond", {0, 0, 0, 1, 0}},
        {"\"my cond\" - 'A'", {-1, 0, 0, 1, 0}},
        {"2*`my cond`", {0, 0, 0, 2, 0}},
        {"\"constant\"", {0, 0, 0, 0, 1}},
    };
    for (const auto& [text, weights] : golden) EXPECT_EQ(t(text), Rows{weights}) << text;
}

TEST(Contrast, Weights)
{
    for (const char* text : {"1 -1 0", "1,-1,0", "1, -1", " 1\t-1 ", "+1 -1.0 0 0 0", "1 , -1", "both: 1 -1"})
        EXPECT_EQ(t(text), (Rows{{1, -1, 0, 0, 0}})) << text;
    EXPECT_EQ(t("0.5"), (Rows{{.5, 0, 0, 0, 0}}));
    EXPECT_EQ(t("0"), (Rows{{0, 0, 0, 0, 0}}));
}

TEST(Contrast, NamesOfContrasts)
{
    EXPECT_EQ(parse_contrast("both: A + B", columns).name, "both");
    EXPECT_EQ(t("both: A + B"), (Rows{{1, 1, 0, 0, 0}}));
    EXPECT_EQ(parse_contrast(" A  -  B ", columns).name, "A  -  B");
    EXPECT_EQ(parse_contrast("A > B :A - B", columns).name, "A > B");
    EXPECT_EQ(parse_contrast("1 -1", columns).name, "1 -1");
    EXPECT_EQ(parse_f_test("any: A, B", columns).name, "any");
    EXPECT_EQ(parse_f_test("A, B", columns).name, "A, B");
}

TEST(Contrast, OddNamesOfColumns)
{
    // All that stands there may be a name, whatever it looks like.
    const Strings odd{"a:b", "a-b", "x, y", "1", "it's", "größe", "say \"x\"", ".5"};
    for (std::size_t i = 0; i < odd.size(); ++i) {
        std::vector<double> unit(odd.size());
        unit[i] = 1;
        EXPECT_EQ(t(odd[i], odd), Rows{unit}) << odd[i];
    }
    EXPECT_EQ(parse_contrast("a:b", odd).name, "a:b");
    EXPECT_EQ(t("\"a:b\" - \"a-b\"", odd), (Rows{{1, -1, 0, 0, 0, 0, 0, 0}}));
    EXPECT_EQ(t("n: a-b", odd), (Rows{{0, 1, 0, 0, 0, 0, 0, 0}}));
    EXPECT_EQ(t("2*'it''s' + größe - \"say \"\"x\"\"\"", odd), (Rows{{0, 0, 0, 0, 2, 1, -1, 0}}));
    EXPECT_EQ(t("'1' - `x, y`", odd), (Rows{{0, 0, -1, 1, 0, 0, 0, 0}}));
    EXPECT_EQ(f("x, y", odd), (Rows{{0, 0, 1, 0, 0, 0, 0, 0}}));
    EXPECT_EQ(f("'x, y', 'a:b'", odd), (Rows{{0, 0, 1, 0, 0, 0, 0, 0}, {1, 0, 0, 0, 0, 0, 0, 0}}));
}

TEST(Contrast, FTests)
{
    EXPECT_EQ(f("any: A, B"), (Rows{{1, 0, 0, 0, 0}, {0, 1, 0, 0, 0}}));
    EXPECT_EQ(f("A - B"), (Rows{{1, -1, 0, 0, 0}}));
    EXPECT_EQ(f("(A + B)/2,my cond , \"my cond\"-A"),
              (Rows{{.5, .5, 0, 0, 0}, {0, 0, 0, 1, 0}, {-1, 0, 0, 1, 0}}));
    EXPECT_EQ(f("1 0, 0 1 -1"), (Rows{{1, 0, 0, 0, 0}, {0, 1, -1, 0, 0}}));
}

TEST(Contrast, ErrorsPointAtTheExactPlace)
{
    struct Case {
        std::string text;
        std::size_t caret; ///< characters before it
        std::string found;
        std::string expected;
        std::string remedy = "";
    };
    const std::string operand = "a column or a number";
    const std::string more = "'+', '-', '*', '/' or the end";
    const std::string blanks = "weights have blanks between them: '1 -1 0'";
    const std::vector<Case> t_cases{
        {"", 0, "the end", operand},
        {"  ", 2, "the end", operand},
        {"both:", 5, "the end", operand},
        {": A", 0, "':'", "a name before it"},
        {"A -", 3, "the end", operand},
        {"A B", 2, "'B'", more},
        {"A $ B", 2, "'$'", more},
        {"x: A: B", 4, "':'", more},
        {"A > B", 2, "'>'", more},
        {"(A + B", 6, "the end", "'+', '-', '*', '/' or ')'"},
        {"A + B)", 5, "')'", more},
        {"A * B", 4, "'B'", "a number"},
        {"2 / A", 4, "'A'", "a number"},
        {"A / (1 - 1)", 4, "'('", "a number other than 0"},
        {"A + 1", 4, "'1'", "a column: a number is no contrast to one"},
        {"1 - A", 0, "'1'", "a column: a number is no contrast to one"},
        {"1 - 1", 0, "'1'", "a combination of columns, not a number", blanks},
        {"1e999*A", 0, "'1e999'", "a number", "a column of this name is written \"1e999\""},
        {"1e300*1e300*A", 0, "'1e300'", "weights that are not infinite"},
        {"A - 2nd", 4, "'2nd'", "a number", "a column of this name is written \"2nd\""},
        {"A - \"my cond", 4, "'\"'", "a quote that is closed"},
        {"A, B", 1, "','", "one contrast", "several at once are an F test: --ftest"},
    };
    for (const Case& one : t_cases) {
        std::string text = "--contrast: found " + one.found + ", expected " + one.expected + "\n    " +
                           one.text + "\n    " + std::string(one.caret, ' ') + "^";
        if (!one.remedy.empty()) text += "\n  " + one.remedy;
        EXPECT_EQ(error_of([&] { parse_contrast(one.text, columns); }), text);
    }
    const std::vector<Case> f_cases{
        {"A,", 2, "the end", operand},
        {"any: A, , B", 8, "','", operand},
        {"A - , B", 4, "','", operand},
        {"1,-1,0", 0, "'1'", "a combination of columns, not a number", blanks},
    };
    for (const Case& one : f_cases) {
        std::string text = "--ftest: found " + one.found + ", expected " + one.expected + "\n    " +
                           one.text + "\n    " + std::string(one.caret, ' ') + "^";
        if (!one.remedy.empty()) text += "\n  " + one.remedy;
        EXPECT_EQ(error_of([&] { parse_f_test(one.text, columns); }), text);
    }
}

TEST(Contrast, AnUnknownNameTellsAllAndTheNearest)
{
    EXPECT_EQ(error_of([] { parse_contrast("ü: A - constnt", columns); }),
              "--contrast: no column is named 'constnt', only A, B, C_derivative, my cond, constant\n"
              "    ü: A - constnt\n"
              "           ^\n"
              "  is it 'constant'?");
    EXPECT_EQ(error_of([] { parse_f_test("A, 'your own'", columns); }),
              "--ftest: no column is named 'your own', only A, B, C_derivative, my cond, constant\n"
              "    A, 'your own'\n"
              "       ^");
    EXPECT_EQ(error_of([] { parse_contrast("x: 1 2 3 4 5 6", columns); }),
              "--contrast: 6 weights for 5 columns\n"
              "    x: 1 2 3 4 5 6\n"
              "       ^\n"
              "  the columns are A, B, C_derivative, my cond, constant");
}

TEST(Contrast, DeepExpressionsEnd)
{
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "A" + std::string(depth, ')');
    };
    EXPECT_EQ(t(nested(200)), t("A"));
    EXPECT_EQ(error_of([&] {
                  parse_contrast(nested(100'000), columns);
              }).find("--contrast: found '(', expected at most 200"),
              0);
    EXPECT_EQ(t(std::string(100'000, '-') + "A"), t("A"));
}

TEST(Contrast, WhatADesignTells)
{
    const auto rows = [](std::initializer_list<std::initializer_list<double>> list) {
        return Eigen::MatrixXd(list);
    };
    const auto design_of = [&](std::initializer_list<std::initializer_list<double>> list) {
        return DesignTriangle{.of_cosines = Eigen::MatrixXd(0, 3), .of_rest = rows(list)};
    };
    // The constant is the sum of the two conditions: their difference is estimable, none of them alone is.
    const DesignTriangle singular = design_of({{1, 0, 1}, {1, 0, 1}, {0, 1, 1}, {0, 1, 1}});
    EXPECT_TRUE(is_estimable(singular, rows({{1, -1, 0}})));
    EXPECT_TRUE(is_estimable(singular, rows({{1, 0, 1}})));
    EXPECT_TRUE(is_estimable(singular, rows({{1, -1, 0}, {1, 0, 1}})));
    EXPECT_FALSE(is_estimable(singular, rows({{1, 0, 0}})));
    EXPECT_FALSE(is_estimable(singular, rows({{0, 0, 1}})));
    EXPECT_FALSE(is_estimable(singular, rows({{1, -1, 0}, {1, 0, 0}})));

    // A column that is 0, and columns of very different size.
    const DesignTriangle odd = design_of({{1e-12, 0, 3e9}, {2e-12, 0, 1e9}, {0, 0, 2e9}, {1e-12, 0, 5e9}});
    EXPECT_TRUE(is_estimable(odd, rows({{1, 0, 0}})));
    EXPECT_TRUE(is_estimable(odd, rows({{0, 0, 1}})));
    EXPECT_TRUE(is_estimable(odd, rows({{1, 0, -1}})));
    EXPECT_TRUE(is_estimable(odd, rows({{1, 0, 0}, {0, 0, 1}})));
    EXPECT_FALSE(is_estimable(odd, rows({{0, 1, 0}})));
    EXPECT_FALSE(is_estimable(odd, rows({{1, 1, 0}})));

    // Nothing is asked, or the same twice.
    const DesignTriangle full = design_of({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}});
    EXPECT_TRUE(is_estimable(full, rows({{1, 2, 3}, {0, 0, 1}})));
    EXPECT_FALSE(is_estimable(full, rows({{0, 0, 0}})));
    EXPECT_FALSE(is_estimable(full, rows({{1, 0, 0}, {0, 0, 0}})));
    EXPECT_FALSE(is_estimable(full, rows({{1, -1, 0}, {-2, 2, 0}})));
    EXPECT_FALSE(is_estimable(full, rows({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}})));
}

// Of columns a and b, two cosines c and d, and a last column e: a = 2c + d, b = d + x and e = 3c + x, of
// another x. So 0 = a - 2c - d and 0 = b - d - e + 3c, and what is told is orthogonal to both.
TEST(Contrast, WhatADesignWithCosinesTells)
{
    const DesignTriangle design{.of_cosines = Eigen::MatrixXd{{2, 0, 3}, {1, 1, 0}},
                                .of_rest = Eigen::MatrixXd{{0, 1, 1}, {0, 0, 1e-13}}};
    const auto tells = [&](double a, double b, double c, double d, double e) {
        return is_estimable(design, Eigen::MatrixXd{{a, b, c, d, e}});
    };
    EXPECT_TRUE(tells(0, 1, 0, 0, 1));
    EXPECT_TRUE(tells(2, 0, 1, 0, 3));
    EXPECT_TRUE(tells(1, 1, 0, 1, 0));
    EXPECT_TRUE(tells(5, 1, 2, 1, 6));
    EXPECT_FALSE(tells(1, 0, 0, 0, 0));
    EXPECT_FALSE(tells(0, 0, 1, 0, 0));
    EXPECT_FALSE(tells(0, 0, 0, 1, 0));
    EXPECT_FALSE(tells(0, 1, 0, 0, 0));
    EXPECT_FALSE(tells(2, 0, 1, 0, 0));
}
