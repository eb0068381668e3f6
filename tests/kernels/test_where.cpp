// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/where.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace swather;

namespace {

using Row = std::map<std::string, std::string, std::less<>>;

bool passes(std::string_view expression, const Row& row)
{
    const Where where(expression);
    std::vector<std::string_view> fields;
    for (const std::string& column : where.columns()) fields.push_back(row.at(column));
    return where(fields);
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

std::string error_of(std::string_view expression)
{
    try {
        const Where where(expression);
        return "";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::usage);
        return error.what();
    }
}

} // namespace

TEST(Where, NumbersAgainstANumber)
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

TEST(Where, LargeIntegersAreComparedExactly)
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
}

TEST(Where, BytesAgainstAText)
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

TEST(Where, ColumnsAgainstColumns)
{
    expect_golden({{{"A", "9"}, {"B", "10"}},
                   {{"A", "1.0"}, {"B", "1"}},
                   {{"A", "9"}, {"B", "10x"}},
                   {{"A", ""}, {"B", ""}},
                   {{"A", ""}, {"B", "0"}},
                   {{"A", "x"}, {"B", "x"}}},
                  {{"A < B", "100010"},
                   {"A == B", "010101"},
                   {"A != B", "101010"},
                   {"A > B", "001000"},
                   {"A >= B", "011101"},
                   {"A == A", "111111"}});
}

TEST(Where, NotBindsTighterThanAndThanOr)
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

TEST(Where, NamesAndTexts)
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

TEST(Where, ColumnsInOrderOfFirstUse)
{
    EXPECT_EQ(Where("b == 1 or 2 < `a a` and (b in (3) or not c == b) and `a a` == 'd'").columns(),
              (std::vector<std::string>{"b", "a a", "c"}));
}

TEST(Where, LongAndDeepExpressions)
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

TEST(Where, AnErrorShowsThePlaceAndWhatToDo)
{
    EXPECT_EQ(error_of("größe => 18 and Site == 'B'"),
              "--where: found '=>', expected a comparison (== != < <= > >= in)\n"
              "    größe => 18 and Site == 'B'\n"
              "          ^\n"
              "  write >=");
    for (const char* empty : {"", " ", "\t\n"})
        EXPECT_EQ(error_of(empty), "--where is empty\n  give a condition, such as 'Age >= 18'");
}

TEST(Where, ErrorsPointAtTheExactPlace)
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
    const std::vector<Case> cases{
        // parentheses
        {"(A == 1", 7, "the end", "'and', 'or' or ')'"},
        {"((A == 1) or B == 2 ", 20, "the end", "'and', 'or' or ')'"},
        {"A == 1)", 6, "')'", more},
        {"()", 1, "')'", operand},
        {"(A) == 1", 2, "')'", comparison},
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
        {"Sample ID == 1", 7, "'ID'", comparison, backticks},
        {"Sample-ID == 1", 6, "'-'", comparison, backticks},
        // texts and numbers
        {"A == 'B and C == 1", 5, "a ' that is not closed", operand},
        {"A == \"it\"\"", 5, "a \" that is not closed", operand},
        {"`A == 1", 0, "a ` that is not closed", operand},
        {"A == 1x", 5, "'1x'", operand, "it is no number; a column of this name is written `1x`"},
        {"A == 1e- ", 5, "'1e'", operand, "it is no number; a column of this name is written `1e`"},
        {"A > 1e999", 4, "'1e999'", operand, far},
        {"A in (99999999999999999999)", 6, "'99999999999999999999'", literal, far},
        // what goes on behind the end
        {"A == 1 B == 2", 7, "'B'", more},
        {"A == 1 'x'", 7, "'x'", more},
        {"18 <= A < 65", 8, "'<'", more},
        {"A == 1;", 6, "';'", more},
        {"A-1 == 2", 1, "'-1'", comparison},
        // no column
        {"1 == 1", 5, "'1'", "a column: the other side is none"},
        {"'é' == \"é\"", 7, "\"é\"", "a column: the other side is none"},
        {"1 in (1)", 2, "'in'", "a comparison (== != < <= > >=)"},
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
