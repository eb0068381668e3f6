// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/evaluator.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace swather;

namespace {

using Row = std::map<std::string, std::string, std::less<>>;

bool passes(std::string_view expression, const Row& row)
{
    Expression::Names columns;
    const Expression condition = Expression::condition(expression, columns);
    std::vector<std::string_view> fields;
    for (const std::string& column : columns) fields.push_back(row.at(column));
    Evaluator evaluator;
    evaluator.start({.fields = fields, .rows = 1, .stride = fields.size()});
    return (evaluator(condition).front() & mark::truth) != 0;
}

/// The values of the last of some assignments, for each of the rows.
Values made(const std::vector<std::string>& assignments, const std::vector<Row>& rows)
{
    Expression::Names columns;
    Expression::Names names;
    std::vector<Expression> expressions;
    for (const std::string& assignment : assignments) {
        expressions.push_back(Expression::assignment(assignment, columns, names));
        names.push_back(expressions.back().name());
    }
    std::vector<std::string_view> fields;
    for (const Row& row : rows)
        for (const std::string& column : columns) fields.push_back(row.at(column));
    Evaluator evaluator;
    evaluator.start({.fields = fields, .rows = rows.size(), .stride = columns.size()});
    Values values;
    for (const Expression& expression : expressions) values = evaluator.make(expression);
    return values;
}

/// As Python would print it, with marks: i an integer, z a division by zero, l too large, n no number.
std::string shown(const Values& values, std::size_t row)
{
    const bool integer = (values.marks[row] & mark::integer) != 0;
    std::string text = integer                        ? fmt::format("{}", values.integer[row])
                       : std::isnan(values.real[row]) ? "nan" // whatever its sign
                                                      : fmt::format("{}", values.real[row]);
    for (const auto& [bit, letter] : {std::pair(mark::integer, 'i'),
                                      {mark::by_zero, 'z'},
                                      {mark::too_large, 'l'},
                                      {mark::not_number, 'n'}})
        if ((values.marks[row] & bit) != 0) text += letter;
    return text;
}

/// For each expression, its values for the rows.
void expect_values(const std::vector<Row>& rows,
                   const std::vector<std::pair<std::string, std::string>>& golden)
{
    for (const auto& [expression, answers] : golden) {
        const Values values = made({"x = " + expression}, rows);
        std::string found;
        for (std::size_t row = 0; row < rows.size(); ++row)
            found += (row == 0 ? "" : " ") + shown(values, row);
        EXPECT_EQ(found, answers) << expression;
    }
}

/// For each expression, for which of the rows it is true: "10" is the first of two alone.
void expect_golden(const std::vector<Row>& rows,
                   const std::vector<std::pair<std::string, std::string>>& golden)
{
    for (const auto& [expression, answers] : golden) {
        std::string found;
        for (const Row& row : rows) found += passes(expression, row) ? '1' : '0';
        EXPECT_EQ(found, answers) << expression;
    }
}

std::string error_of(std::string_view expression, bool is_assignment = false)
{
    try {
        Expression::Names columns;
        is_assignment ? Expression::assignment(expression, columns, {})
                      : Expression::condition(expression, columns);
        return "";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::usage);
        return error.what();
    }
}

} // namespace

TEST(Expression, NumbersAgainstANumber)
{
    std::vector<Row> rows;
    for (const char* age : {"17", "18", "18.0", " 1.8e1\t", "19", "", "old", "nan", "1e999"})
        rows.push_back({{"Age", age}});
    expect_golden(rows, {{"Age == 18", "011100000"},
                         {"Age = 18", "011100000"},
                         {"Age != 18", "100011111"},
                         {"Age < 18", "100000000"},
                         {"Age <= 18", "111100000"},
                         {"Age > 18", "000010001"},
                         {"Age >= 18", "011110001"},
                         {"not Age >= 18", "100001110"},
                         {"18 == Age", "011100000"},
                         {"18 != Age", "100011111"},
                         {"18 > Age", "100000000"},
                         {"18 >= Age", "111100000"},
                         {"18 < Age", "000010001"},
                         {"18 <= Age", "011110001"},
                         {"Age>-18", "111110001"},
                         {"Age>.175E+2", "011110001"},
                         {"Age in (17, +19.0)", "100010000"},
                         {"Age not in (17, 19)", "011101111"}});
}

TEST(Expression, LargeIntegersAreComparedExactly)
{
    // 2^53 + 1 is no double: rounded, it would be 2^53.
    expect_golden({{{"A", "9007199254740992"}, {"B", "9007199254740993"}},
                   {{"A", "9007199254740993"}, {"B", "9007199254740993.0"}},
                   {{"A", "9223372036854775807"}, {"B", "9223372036854775808"}}},
                  {{"A == 9007199254740993", "010"},
                   {"A in (9007199254740993, 1)", "010"},
                   {"B == 9007199254740993", "100"},
                   {"A == B", "000"},
                   {"A < B", "101"},
                   {"A > B", "010"},
                   {"A == 9223372036854775807", "001"},
                   {"A <= -9223372036854775808", "000"}});
    // 2^64 and its neighbours, of which all are one double; and what is no more than int64 holds.
    expect_golden({{{"A", "18446744073709551615"}, {"B", "18446744073709551616"}},
                   {{"A", " +018446744073709551616 "}, {"B", "18446744073709551616"}},
                   {{"A", "-18446744073709551617"}, {"B", "-18446744073709551616"}},
                   {{"A", "-18446744073709551616"}, {"B", "5"}},
                   {{"A", "-9223372036854775808"}, {"B", "-9223372036854775809"}},
                   {{"A", "1e400"}, {"B", "18446744073709551616"}}},
                  {{"A == B", "010000"}, {"A < B", "101100"}, {"A > B", "000011"}});
}

TEST(Expression, BytesAgainstAText)
{
    std::vector<Row> rows;
    for (const char* site : {"A", "B", "b", "", "Bern", "é", "10", "9"}) rows.push_back({{"Site", site}});
    expect_golden(rows, {{"Site == 'B'", "01000000"},
                         {"Site == \"B\"", "01000000"},
                         {"'B' == Site", "01000000"},
                         {"Site != 'B'", "10111111"},
                         {"Site == ''", "00010000"},
                         {"Site < 'B'", "10010011"},
                         {"'B' <= Site", "01101100"},
                         {"Site > 'b'", "00000100"},
                         {"Site < '9'", "00010010"},
                         {"Site == '9.0'", "00000000"},
                         {"Site in ('é', 'B', 9.0)", "01000101"},
                         {"Site not in ('é', 'B', '9.0')", "10111011"},
                         {"Site in ('B')", "01000000"}});
}

TEST(Expression, ColumnsAgainstColumns)
{
    expect_golden({{{"A", "9"}, {"B", "10"}},
                   {{"A", "1.0"}, {"B", "1"}},
                   {{"A", "9"}, {"B", "10x"}},
                   {{"A", ""}, {"B", ""}},
                   {{"A", ""}, {"B", "0"}},
                   {{"A", "x"}, {"B", "x"}},
                   {{"A", "NA"}, {"B", "NA"}},
                   {{"A", "x"}, {"B", " "}},
                   {{"A", "5"}, {"B", "nan"}}},
                  {{"A < B", "100000000"},
                   {"A <= B", "110001000"},
                   {"A == B", "010001000"},
                   {"A != B", "101110111"}, // as pandas has it of what is missing
                   {"A > B", "001000000"},
                   {"A >= B", "011001000"},
                   {"A == A", "111001011"}});
}

TEST(Expression, NotBindsTighterThanAndThanOr)
{
    // a and b and c of the rows count up: 000, 001, 010, 011, 100, 101, 110, 111
    std::vector<Row> rows;
    for (const int i : {0, 1, 2, 3, 4, 5, 6, 7})
        rows.push_back({{"a", i & 4 ? "1" : "0"}, {"b", i & 2 ? "1" : "0"}, {"c", i & 1 ? "1" : "0"}});
    expect_golden(rows, {{"a=1 or b=1 and c=1", "00011111"},
                         {"(a=1 or b=1) and c=1", "00010101"},
                         {"a=1 and b=1 or c=1", "01010111"},
                         {"a=1 and (b=1 or c=1)", "00000111"},
                         {"not a=1 and b=1", "00110000"},
                         {"not (a=1 and b=1)", "11111100"},
                         {"not a=1 or b=1", "11110011"},
                         {"not (a=1 or b=1)", "11000000"},
                         {"not not a=1", "00001111"},
                         {"a=1 and not b=1 or not c=1", "10101110"},
                         {"not (not a=1 and not (b=1 and c=1)) and not c=0", "00010101"},
                         {"a=1 and b=1 and c=1", "00000001"},
                         {"a=1 or b=1 or c=1", "01111111"},
                         {"((a=1)) AND NoT((b=1)oR(c=1))", "00001000"}});
}

TEST(Expression, NamesAndTexts)
{
    const Row row{{"Sample ID", "it's"}, {"a`b", "say \"x\""}, {"größe.cm", "1"},
                  {"_1", "2"},           {"and", "3"},         {"", "4"},
                  {"2nd", "5"},          {"inf", "6"},         {"é", "日本"}};
    for (const char* expression :
         {"`Sample ID` == 'it''s'", "`Sample ID`==\"it's\"", "`a``b` == \"say \"\"x\"\"\"",
          "`a``b` == 'say \"x\"'", "größe.cm == 1", "_1 == 2", "`and` == 3 and `and` < 4", "`` == 4",
          "`2nd` == 5", "inf == 6", "é == '日本'", "  _1\n==\t2  ", "_1==2 and`2nd`==5"})
        EXPECT_TRUE(passes(expression, row)) << expression;
}

TEST(Expression, ColumnsInOrderOfFirstUse)
{
    Expression::Names columns{"c"};
    Expression::condition("b == 1 or 2 < `a a` and (b in (3) or not c == b) and `a a` == 'd'", columns);
    EXPECT_EQ(columns, (std::vector<std::string>{"c", "b", "a a"}));
}

TEST(Expression, LongAndDeepExpressions)
{
    std::string chain = "a == 0";
    for (int i = 1; i < 100'000; ++i) chain += " or a == " + std::to_string(i);
    EXPECT_TRUE(passes(chain, {{"a", "99999"}}));
    EXPECT_FALSE(passes(chain, {{"a", "100000"}}));

    std::string negations;
    for (int i = 0; i < 99'999; ++i) negations += "not ";
    EXPECT_TRUE(passes(negations + "a == 0", {{"a", "1"}}));

    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "a == 1" + std::string(depth, ')');
    };
    EXPECT_TRUE(passes(nested(200), {{"a", "1"}}));
    EXPECT_TRUE(passes(nested(200) + " and " + nested(200), {{"a", "1"}}));
    EXPECT_EQ(error_of(nested(201)).find("--where: found '(', expected at most 200 open parentheses\n"), 0);
    EXPECT_NE(error_of(nested(100'000)), "");
}

TEST(Expression, AnErrorShowsThePlaceAndWhatToDo)
{
    EXPECT_EQ(error_of("größe => 18 and Site == 'B'"),
              "--where: found '=>', expected a comparison (== != < <= > >= in)\n"
              "    größe => 18 and Site == 'B'\n"
              "          ^\n"
              "  write >=");
    for (const char* empty : {"", " ", "\t\n"})
        EXPECT_EQ(error_of(empty), "--where is empty\n  give a condition, such as 'Age >= 18'");
}

TEST(Expression, ErrorsPointAtTheExactPlace)
{
    struct Case {
        std::string expression;
        std::size_t caret; ///< characters before it
        std::string found;
        std::string expected;
        std::string remedy = "";
    };
    const std::string operand = "a column, a number or a text in quotes";
    const std::string literal = "a number or a text in quotes";
    const std::string comparison = "a comparison (== != < <= > >= in)";
    const std::string more = "'and', 'or' or the end";
    const std::string backticks = "a name with blanks or signs is written in backticks: `Sample ID`";
    const std::string far = "it is beyond 64 bits; in quotes it is compared as text";
    const std::string beyond = "it is beyond float64, whose largest number is 1.8e308";
    const std::vector<Case> cases{
        // parentheses
        {"(A == 1", 7, "the end", "'and', 'or' or ')'"},
        {"((A == 1) or B == 2 ", 20, "the end", "'and', 'or' or ')'"},
        {"A == 1)", 6, "')'", more},
        {"()", 1, "')'", operand},
        {"(A + 1 == 2", 11, "the end", "'and', 'or' or ')'"},
        {"(A + 1", 6, "the end", "an operator or ')'"},
        // operands that are missing
        {"A ==", 4, "the end", operand},
        {"A == 1 and", 10, "the end", operand},
        {"and A == 1", 0, "'and'", operand},
        {"A == and", 5, "'and'", operand},
        {"== 1", 0, "'=='", operand},
        {"A == 1 or or B == 1", 10, "'or'", operand},
        {"not", 3, "the end", operand},
        // operators
        {"A => 1", 2, "'=>'", comparison, "write >="},
        {"A =< 1", 2, "'=<'", comparison, "write <="},
        {"A <> 1", 2, "'<>'", comparison, "write !="},
        {"A === 1", 2, "'==='", comparison, "write =="},
        {"A == 1 && B == 2", 7, "'&&'", more, "write and"},
        {"(A == 1) & (B == 2)", 9, "'&'", more, "write and"},
        {"(A == 1 || B == 2)", 8, "'||'", "'and', 'or' or ')'", "write or"},
        {"!(A == 1)", 0, "'!'", operand, "write not"},
        {"~(A == 1)", 0, "'~'", operand, "write not"},
        {"A", 1, "the end", comparison},
        {"A and B", 2, "'and'", comparison},
        {"A not == 1", 6, "'=='", "'in'"},
        {"A + 1", 5, "the end", comparison},
        {"not A", 5, "the end", comparison},
        {"A == B ^ 2", 7, "'^'", more, "write **"},
        {"(A == 1) == (B == 2)", 12, "'('", "a number: conditions are joined by and, or and not"},
        {"(A == 1) in (1)", 9, "'in'", more},
        {"Sample ID == 1", 7, "'ID'", comparison, backticks},
        // texts and numbers
        {"A == 'B and C == 1", 5, "a ' that is not closed", operand},
        {"A == \"it\"\"", 5, "a \" that is not closed", operand},
        {"`A == 1", 0, "a ` that is not closed", operand},
        {"A == 1x", 5, "'1x'", operand, "it is no number; a column of this name is written `1x`"},
        {"A == 1e- ", 5, "'1e'", operand, "it is no number; a column of this name is written `1e`"},
        {"A > 1e999", 4, "'1e999'", operand, beyond},
        {"-9223372036854775808 ** 2 > A", 21, "'**'", "parentheses around the number",
         "without, ** comes before its sign"},
        {"A in (99999999999999999999)", 6, "'99999999999999999999'", literal, far},
        // what goes on behind the end
        {"A == 1 B == 2", 7, "'B'", more, backticks},
        {"A == 1 'x'", 7, "'x'", more},
        {"18 <= A < 65", 8, "'<'", more},
        {"A == 1;", 6, "';'", more, backticks},
        // texts
        {"'é' == \"é\"", 7, "\"é\"", "a column: a text is compared with nothing else"},
        {"A + 1 == 'x'", 9, "'x'", "a column: a text is compared with nothing else"},
        {"'x' in ('x')", 4, "'in'", "a comparison (== != < <= > >=)"},
        {"A * 'x' == 1", 4, "'x'", "a number: a text can be compared with a column, and no more"},
        {"A + 1 in ('x')", 10, "'x'", "a number"},
        // functions
        {"sqrt(A, B) > 1", 6, "','", "an operator or ')'"},
        {"max(A) > 1", 5, "')'", "',' and one more number"},
        {"atan2(A, A, A) > 1", 10, "','", "an operator or ')'"},
        {"A > 1 if B else 2", 6, "'if'", more, "write if(condition, a, b)"},
        {"if(A, 1, 2) > 1", 4, "','", comparison},
        {"if(A > 1, 2) > 1", 11, "')'", "',' and the number where the condition does not hold"},
        // lists
        {"A in 1", 5, "'1'", "'(' and a list"},
        {"A in ()", 6, "')'", literal},
        {"A in (1,)", 8, "')'", literal},
        {"A in (B)", 6, "'B'", literal},
        {"A in (1 2)", 8, "'2'", "',' or ')'"},
        {"A in (1, 2", 10, "the end", "',' or ')'"},
    };
    for (const Case& one : cases) {
        std::string text = "--where: found " + one.found + ", expected " + one.expected + "\n    " +
                           one.expression + "\n    " + std::string(one.caret, ' ') + "^";
        if (!one.remedy.empty()) text += "\n  " + one.remedy;
        EXPECT_EQ(error_of(one.expression), text);
    }
}

TEST(Expression, ArithmeticIsPythons)
{
    // Each value as Python 3 prints it, but for integers beyond 64 bits and divisions by zero.
    expect_values({{{"A", "7"}, {"B", "2"}}, {{"A", "-7"}, {"B", "2.0"}}, {{"A", "7.5"}, {"B", "-2"}}},
                  {{"A + B", "9i -5 5.5"},
                   {"A - B", "5i -9 9.5"},
                   {"A * B", "14i -14 -15"},
                   {"A / B", "3.5 -3.5 -3.75"},
                   {"A // B", "3i -4 -4"},
                   {"A % B", "1i 1 -0.5"},
                   {"B ** 3", "8i 8 -8i"},
                   {"-B ** 2", "-4i -4 -4i"},
                   {"2 ** -1", "0.5 0.5 0.5"},
                   {"2 ** 3 ** 2", "512i 512i 512i"},
                   {"A ** 2 == A * A", "1i 1i 1i"},
                   {"0 ** 0 + (-1) ** 9223372036854775807", "0i 0i 0i"},
                   {"-A + - - +3", "-4i 10i -4.5"},
                   {"A - B - 1", "4i -10 8.5"},
                   {"A - (B - 1)", "6i -8 10.5"},
                   {"A + B * 2", "11i -3 3.5"},
                   {"-A // 2", "-4i 3i -4"},
                   {"A % 2 == 1", "1i 1i 0i"},
                   {"(A > 0) + (B > 0) * 10", "11i 10i 1i"},
                   {"A", "7i -7i 7.5"},
                   {"A > 0 and B > 0", "1i 0i 0i"},
                   {"A in (7, -7)", "1i 1i 0i"},
                   {"A + 0.5 in (7.5, 8)", "1i 0i 1i"}});
}

TEST(Expression, Functions)
{
    expect_values({{{"A", "4"}, {"B", "-2"}}, {{"A", "2.5"}, {"B", "3"}}, {{"A", ""}, {"B", "-0.5"}}},
                  {{"sqrt(A + 0)", "2 1.5811388300841898 nan"},
                   {"abs(B)", "2i 3i 0.5"},
                   {"floor(B)", "-2i 3i -1"},
                   {"ceil(B)", "-2i 3i -0"},
                   {"trunc(A)", "4i 2 nan"},
                   {"round(A)", "4i 2 nan"}, // to even, as Python does
                   {"min(A, B)", "-2i 2.5 nan"},
                   {"max(A, B, 3)", "4i 3i nan"},
                   {"if(B < 0, A, B)", "4i 3i nan"},
                   {"if(isnan(A), 0, A)", "4i 2.5 0i"},
                   {"if(isnan(A) or B < 0, 1, 2)", "1i 2i 1i"},
                   {"exp(0) + log(1) + log2(8) + log10(100) + log1p(0) + expm1(0)", "6 6 6"},
                   {"sin(0) + cos(0) + tan(0) + asin(0) + acos(1) + atan(0) + atan2(0, 1)", "1 1 1"},
                   {"sinh(0) + cosh(0) + tanh(0)", "1 1 1"}});
}

TEST(Expression, IntegersAreExactWhileTheyFit)
{
    expect_values({{{"A", "9223372036854775807"}, {"B", "9223372036854775806"}},
                   {{"A", "-9223372036854775808"}, {"B", "1"}},
                   {{"A", "9007199254740993"}, {"B", "9007199254740992.0"}}},
                  {{"A - B", "1i -9.223372036854776e+18l 0"},
                   {"A - 1", "9223372036854775806i -9.223372036854776e+18l 9007199254740992i"},
                   {"A == 9007199254740993", "0i 0i 1i"},
                   {"A + 0 == B + 0", "0i 0i 0i"},
                   {"A * 2 // 2 < 0", "0il 1il 0i"},
                   {"A == -9223372036854775808", "0i 1i 0i"},
                   {"A % 10", "7i 2i 3i"},
                   {"A // -1 > 0", "0i 1il 0i"}});
    expect_values({{{"A", "99999999999999999999"}}}, {{"A * 1", "1e+20l"}, {"A > 0", "1i"}});
    // As Python's integers: (-2)**63 is the least; 3**40 and (2**31 + 1)**2 are no doubles.
    expect_values({{{"A", "-2"}}}, {{"A ** 63 == -9223372036854775808", "1i"},
                                    {"A ** 64", "1.8446744073709552e+19l"},
                                    {"3 ** 39", "4052555153018976267i"},
                                    {"2147483649 ** 2", "4611686022722355201i"}});
    // Rounded once, of the exact result. By Python: float(a + b), float(a - b) and float(a * b) are these,
    // float(a) + float(b), … the doubles beside them.
    expect_values({{{"A", "9223372036854775807"}, {"B", "1025"}}},
                  {{"A + B == 9223372036854775808.0", "1il"}, {"-A - B == -9223372036854775808.0", "1il"}});
    expect_values({{{"A", "9007199254740993"}, {"B", "9007199254740993"}}},
                  {{"A * B == 81129638414606699710187514626049.0", "1il"}});
}

TEST(Expression, NotesOfOddRowsComeWithTheirValues)
{
    expect_values({{{"A", "1"}, {"B", "0"}},
                   {{"A", "0"}, {"B", "0.0"}},
                   {{"A", "x"}, {"B", "2"}},
                   {{"A", ""}, {"B", "0"}},
                   {{"A", "-3"}, {"B", "0"}}},
                  {{"A / B", "infz nanz nann nan -infz"},
                   {"A // B", "infz nanz nann nan -infz"},
                   {"A % B", "nanz nanz nann nan nanz"},
                   {"if(B != 0, A / B, 0)", "0i 0i nann 0i 0i"},
                   {"A == 1", "1i 0i 0i 0i 0i"},
                   {"A != B", "1i 0i 1i 1i 1i"},
                   {"isnan(A)", "0i 0i 1i 1i 0i"},
                   {"B == 0 or 1 / B > 0", "1i 1i 1i 1i 1i"},
                   {"B != 0 and A + 1 > 0", "0i 0i 0in 0i 0i"},
                   {"A == 'x'", "0i 0i 1i 0i 0i"}});
}

TEST(Expression, WordsThatAreNumbersOrSayThatThereIsNone)
{
    const std::vector<Row> rows{
        {{"A", "inf"}}, {{"A", " -Infinity"}}, {{"A", "NA"}}, {{"A", "nan"}}, {{"A", " "}}};
    expect_golden(rows,
                  {{"A > 1", "10000"}, {"A < 1", "01000"}, {"A != 1", "11111"}, {"A == 'NA'", "00100"}});
    expect_values(rows, {{"A", "inf -inf nann nann nan"},
                         {"1 / A", "0 -0 nann nann nan"},
                         {"isnan(A)", "0i 0i 1i 1i 1i"},
                         {"max(A, 3)", "inf 3i nann nann nan"}});
}

TEST(Expression, WhatDecidesForAllRowsEndsACondition)
{
    // What stands behind is not looked at where no row needs it, and told only of rows that do.
    const std::vector<Row> all{{{"A", "0"}}, {{"A", "0"}}};
    const std::vector<Row> some{{{"A", "0"}}, {{"A", "2"}}};
    expect_values(all, {{"A == 0 or 1 / A > 0", "1i 1i"}, {"A != 0 and 1 / A > 0", "0i 0i"}});
    expect_values(some, {{"A == 0 or 1 / A > 1", "1i 0i"},
                         {"A != 0 and 1 / A < 1", "0i 1i"},
                         {"(A == 0 or 1 / A > 1) and A < 1", "1i 0i"},
                         {"not (A != 0 and 1 / A > 1) or A > 5", "1i 1i"},
                         {"1 / A > 0 or A == 0", "1iz 1i"}});
}

TEST(Expression, ManyRowsAreAsEachAlone)
{
    std::vector<Row> rows;
    for (int i = 0; i < 1'000; ++i)
        rows.push_back({{"A", std::to_string(i % 7 - 3)}, {"B", i % 5 == 0 ? "" : "0.5"}});
    const Values values = made({"x = if(A > 0 and B < 1, A // 2 + B, max(A, -A) * 2)"}, rows);
    for (int i = 0; i < 1'000; ++i) {
        const int a = i % 7 - 3;
        const double expected = a > 0 && i % 5 != 0 ? a / 2 + 0.5 : 2 * std::abs(a);
        EXPECT_EQ(values.real[static_cast<std::size_t>(i)], expected) << i;
    }
}

TEST(Expression, AnAssignmentMayUseThoseBefore)
{
    const std::vector<Row> rows{{{"A", "3"}, {"a b", "4"}}};
    EXPECT_EQ(shown(made({"H = sqrt(A*A + `a b`*`a b`)", "H2 = H * 2"}, rows), 0), "10");
    EXPECT_EQ(shown(made({"A = A + 1", "A = A * 10", "`a=b` = A"}, rows), 0), "40i");
}

TEST(Expression, ErrorsOfAssignments)
{
    EXPECT_NE(error_of("X = pow(A, 2)", true).find("\n  write **"), std::string::npos);
    EXPECT_NE(error_of("X = 1 if A else 2", true).find("\n  write if(condition, a, b)"), std::string::npos);
    EXPECT_NE(error_of("X = 1e400", true).find("beyond float64"), std::string::npos);
    std::string powers = "X = 2";
    for (int i = 0; i < 300; ++i) powers += " ** 1";
    EXPECT_NE(error_of(powers, true).find("expected at most 200 powers of powers"), std::string::npos);
    for (const auto& [text, place] :
         {std::pair<std::string, std::size_t>("Y = 'x' == X", 11), {"Y = X == 'x'", 4}})
        try {
            Expression::Names columns;
            Expression::assignment(text, columns, {"X"});
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.what(), "--set: found 'X', expected a column of the table: what --set makes is a "
                                    "number\n    " +
                                        text + "\n    " + std::string(place, ' ') + "^");
        }
    EXPECT_EQ(error_of("K == A", true), "--set: found '==', expected = behind the name\n    K == A\n      ^");
    EXPECT_EQ(error_of("K = sqr(A)", true).find("--set: found 'sqr', expected a function: if abs "), 0);
    EXPECT_NE(error_of("K = sqr(A)", true).find("did you mean sqrt?"), std::string::npos);
    EXPECT_EQ(error_of("K = A B", true),
              "--set: found 'B', expected an operator or the end\n    K = A B\n          ^\n"
              "  a name with blanks or signs is written in backticks: `Sample ID`");
    EXPECT_EQ(error_of("K =", true),
              "--set: found the end, expected a column, a number or a text in quotes\n    K =\n       ^");
    EXPECT_EQ(error_of("2 = A", true),
              "--set: found '2', expected the name of a new column\n    2 = A\n    ^");
    EXPECT_EQ(error_of("K = 'x'", true).find("--set: found the end, expected a comparison (== != < <= > >=)"),
              0);
    EXPECT_EQ(error_of("", true), "--set is empty\n  give a name and what it is: 'Ratio = A / B'");
}
