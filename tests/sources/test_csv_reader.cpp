// SPDX-License-Identifier: MIT
#include "sources/csv_reader.hpp"
#include "support/csv_reference.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <numeric>
#include <random>

using namespace swather;
using csv_reference::Result;
using csv_reference::Task;

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// A whole file as one piece; all columns of `column_count`.
Result read(std::string bytes, int column_count, CsvReader::Options options = {})
{
    Task task{.bytes = std::move(bytes),
              .options = options,
              .columns = {},
              .column_count = column_count,
              .cuts = {}};
    task.columns.resize(static_cast<std::size_t>(column_count));
    std::iota(task.columns.begin(), task.columns.end(), 0);
    CsvReader reader(options);
    return actual(task, reader, 0, static_cast<Index>(task.bytes.size()), CsvState::field_start);
}

std::vector<Index> lines_of(const OddRows& rows)
{
    return {rows.lines.begin(), rows.lines.begin() + std::min<Index>(rows.count, OddRows::most_lines)};
}

/// Any file, cut anywhere, gives what the reference gives; the first difference.
std::string difference_in_random_files(int rounds)
{
    std::mt19937 random(1);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    for (int round = 0; round < rounds; ++round) {
        const std::string_view alphabet = std::array<std::string_view, 4>{
            "\",\r\n a", "\"\"\"\",\n", "abcdefghijklmn,\n\"", ",\r\nab"}[below(4)];
        Task task{.bytes = std::string(below(round % 20 == 0 ? 3000 : 40), '\0'),
                  .options = {.delimiter = ",a;\0"[below(4)],
                              .max_row = below(4) == 0 ? static_cast<Index>(below(30)) : 1 << 20,
                              .window = below(2) == 0 ? 1 + below(100) : 1 << 16},
                  .columns = std::vector<int>(below(4)),
                  .column_count = 1 + static_cast<int>(below(5)),
                  .cuts = {}};
        for (char& byte : task.bytes) byte = alphabet[below(alphabet.size())];
        for (int& column : task.columns)
            column = static_cast<int>(below(static_cast<std::size_t>(task.column_count)));
        task.cuts = {0, static_cast<Index>(task.bytes.size())};
        for (std::size_t i = below(8); i > 0; --i)
            task.cuts.push_back(static_cast<Index>(below(task.bytes.size() + 1)));
        std::sort(task.cuts.begin(), task.cuts.end());
        if (below(3) == 0) task.most_supplied = 1 + below(70);
        if (std::string text = difference(task); !text.empty()) return text;
    }
    return "";
}

} // namespace

TEST(CsvReader, FieldsAsPythonReadsThem)
{
    EXPECT_EQ(read("a,b\nc,d\n", 2).rows, (Rows{{"a", "b"}, {"c", "d"}}));
    EXPECT_EQ(read("a,b\nc,d", 2).rows, (Rows{{"a", "b"}, {"c", "d"}}));
    EXPECT_EQ(read("", 2).rows, Rows{});
    EXPECT_EQ(read(",\n", 2).rows, (Rows{{"", ""}}));
    EXPECT_EQ(read("a,", 2).rows, (Rows{{"a", ""}}));
    EXPECT_EQ(read(" a , b\n", 2).rows, (Rows{{" a ", " b"}}));
    EXPECT_EQ(read(std::string("a\0b,\0\n", 6), 2).rows,
              (Rows{{std::string("a\0b", 3), std::string("\0", 1)}}));
    EXPECT_EQ(read("a;b,c\n", 2, {.delimiter = ';'}).rows, (Rows{{"a", "b,c"}}));
    EXPECT_EQ(read(std::string("a\0b\n", 4), 2, {.delimiter = '\0'}).rows, (Rows{{"a", "b"}}));
}

TEST(CsvReader, Quotes)
{
    EXPECT_EQ(read("\"a\",\"b,\r\nc\"\n", 2).rows, (Rows{{"a", "b,\r\nc"}}));
    EXPECT_EQ(read("\"\",\"\"\"\"\n", 2).rows, (Rows{{"", "\""}}));
    EXPECT_EQ(read("\"a \"\"b\"\" c\",\"\"\"\"\"\"\n", 2).rows, (Rows{{"a \"b\" c", "\"\""}}));
    EXPECT_EQ(read("\"abc\"def,\"a\" \n", 2).rows, (Rows{{"abcdef", "a "}}));
    EXPECT_EQ(read("\"a\"b\"c\"\"d,e\n", 2).rows, (Rows{{"ab\"c\"\"d", "e"}}));
    EXPECT_EQ(read("a\"b,c\n \"d\",\"\"e\"\n", 2).rows, (Rows{{"a\"b", "c"}, {" \"d\"", "e\""}}));
    EXPECT_EQ(read("\"\"\"a\"b\"\"c,\n", 2).rows, (Rows{{"\"ab\"\"c", ""}}));
    // The file ends in a quoted field.
    EXPECT_EQ(read("a,\"b\n", 2).rows, (Rows{{"a", "b\n"}}));
    EXPECT_EQ(read("a,\"b\"\"\n", 2).rows, (Rows{{"a", "b\"\n"}}));
    EXPECT_EQ(read("a,\"", 2).rows, (Rows{{"a", ""}}));
    EXPECT_EQ(read("a,\"b\"", 2).rows, (Rows{{"a", "b"}}));
}

TEST(CsvReader, LineEndsAndBlankRows)
{
    const Rows both{{"a", "b"}, {"c", "d"}};
    EXPECT_EQ(read("a,b\rc,d\r", 2).rows, both);
    EXPECT_EQ(read("a,b\r\nc,d\r\n", 2).rows, both);

    const Result mixed = read("\na,b\r\r\nc,d\n\r\r\n\n", 2);
    EXPECT_EQ(mixed.rows, both);
    EXPECT_EQ(mixed.lines, (std::vector<Index>{1, 3}));
    EXPECT_EQ(mixed.audit.blank.count, 5);
    EXPECT_EQ(lines_of(mixed.audit.blank), (std::vector<Index>{0, 2, 4, 5, 6}));
    EXPECT_EQ(mixed.audit.lines, 7);
    EXPECT_EQ(mixed.audit.rows, 2);

    const Result quoted = read("\"\r\n\n\r\",b\n\"\"\nc,d", 2);
    EXPECT_EQ(quoted.rows, (Rows{{"\r\n\n\r", "b"}, {"", ""}, {"c", "d"}}));
    EXPECT_EQ(quoted.lines, (std::vector<Index>{0, 4, 5}));
    EXPECT_EQ(quoted.audit.blank.count, 0);
    EXPECT_EQ(quoted.audit.lines, 5);
}

TEST(CsvReader, ShortAndLongRows)
{
    const Result result = read("a\nb,c\nd,e,f\n\ng,h,i,j\n,\nk\nl\nm\nn\no\n", 3);
    EXPECT_EQ(result.rows, (Rows{{"a", "", ""},
                                 {"b", "c", ""},
                                 {"d", "e", "f"},
                                 {"g", "h", "i"},
                                 {"", "", ""},
                                 {"k", "", ""},
                                 {"l", "", ""},
                                 {"m", "", ""},
                                 {"n", "", ""},
                                 {"o", "", ""}}));
    EXPECT_EQ(result.audit.rows, 10);
    EXPECT_EQ(result.audit.short_rows.count, 8);
    EXPECT_EQ(lines_of(result.audit.short_rows), (std::vector<Index>{0, 1, 5, 6, 7}));
    EXPECT_EQ(result.audit.long_rows.count, 1);
    EXPECT_EQ(lines_of(result.audit.long_rows), (std::vector<Index>{4}));
}

TEST(CsvReader, ColumnsInAnyOrderAndTwice)
{
    Task task{.bytes = "a,\"b\"\"\",c\n1,2,3\n",
              .options = {},
              .columns = {2, 1, 1, 0},
              .column_count = 3,
              .cuts = {}};
    CsvReader reader({});
    EXPECT_EQ(actual(task, reader, 0, 18, CsvState::field_start).rows,
              (Rows{{"c", "b\"", "b\"", "a"}, {"3", "2", "2", "1"}}));
    task.columns = {};
    EXPECT_EQ(actual(task, reader, 0, 18, CsvState::field_start).rows, (Rows{{}, {}}));
}

TEST(CsvReader, RowsBelongToThePieceOfTheirFirstByte)
{
    Task task{.bytes = "a,b\r\nc,d\r\n", .options = {}, .columns = {0}, .column_count = 2, .cuts = {}};
    CsvReader reader({});
    const auto rows = [&](Index begin, Index end) {
        return actual(task, reader, begin, end, CsvState::field_start).rows;
    };
    EXPECT_EQ(rows(0, 1), (Rows{{"a"}}));
    EXPECT_EQ(rows(2, 5), Rows{}); // behind a delimiter: the middle of a row
    EXPECT_EQ(rows(4, 5), Rows{}); // the LF belongs to the line end before
    EXPECT_EQ(rows(4, 6), (Rows{{"c"}}));
    EXPECT_EQ(rows(5, 6), (Rows{{"c"}}));
    EXPECT_EQ(rows(9, 10), Rows{});
    EXPECT_EQ(rows(10, 10), Rows{});
    EXPECT_EQ(actual(task, reader, 0, 4, CsvState::field_start).audit.lines, 0);
    EXPECT_EQ(actual(task, reader, 4, 10, CsvState::field_start).audit.lines, 2);
    EXPECT_EQ(actual(task, reader, 4, 10, CsvState::field_start).lines, (std::vector<Index>{1}));
}

TEST(CsvReader, RowThatIsTooLong)
{
    const CsvReader::Options options{.max_row = 5, .window = 4};
    EXPECT_EQ(read("a,bcd\r\nefghi\n", 2, options).overlong_line, -1);
    const Result result = read("a,b\n\"\n\",c\nab,def\ng,h\n\"", 2, options);
    EXPECT_EQ(result.rows, (Rows{{"a", "b"}, {"\n", "c"}}));
    EXPECT_EQ(result.overlong_line, 3);
    EXPECT_EQ(result.audit.lines, 5);
    EXPECT_EQ(result.map(CsvState::field_start), CsvState::quoted);
}

TEST(CsvReader, LongRowsGrowTheWindow)
{
    const std::string text(3'000'000, 'x');
    const std::string commas(100'000, ',');
    const Rows rows{{"a", "b"}, {text, "c"}, {"", ""}, {"d", "e"}};
    for (const std::size_t window : {1, 1000, 1 << 20})
        EXPECT_EQ(read("a,b\n\"" + text + "\",c\n" + commas + "\nd,e\n", 2, {.window = window}).rows, rows);
}

TEST(CsvReader, RandomFilesInRandomPieces) { EXPECT_EQ(difference_in_random_files(5'000), ""); }

TEST(CsvReader, EveryInstructionSetOfThisCpu)
{
    const std::int64_t all = hwy::SupportedTargets();
    const auto use = [](std::int64_t targets) {
        hwy::SetSupportedTargetsForTest(targets);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    };
    for (std::int64_t rest = all; rest != 0; rest &= rest - 1) {
        const std::int64_t target = rest & -rest;
        use(target);
        EXPECT_EQ(difference_in_random_files(500), "") << hwy::TargetName(target);
    }
    use(0); // all again
}

TEST(CsvReader, PiecesOfOneByte)
{
    Task task{.bytes = "a,\"b\"\"\r\n\",\r\n\r\r\n\n\"x\"y\"z,\"\",,\n\"",
              .options = {},
              .columns = {1, 0},
              .column_count = 2,
              .cuts = {}};
    for (std::size_t i = 0; i <= task.bytes.size(); ++i) task.cuts.push_back(static_cast<Index>(i));
    EXPECT_EQ(difference(task), "");
}
