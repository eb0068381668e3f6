// SPDX-License-Identifier: MIT
#include "sources/events.hpp"
#include "sources/field_rows.hpp"
#include "sources/small_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace swather;

namespace {

using Strings = std::vector<std::string>;

/// A file for a test, gone with it.
class SmallTableTest : public testing::Test {
protected:
    SmallTableTest()
    {
        std::string pattern = testing::TempDir() + "swather_XXXXXX";
        folder = mkdtemp(pattern.data());
    }
    ~SmallTableTest() override { std::filesystem::remove_all(folder); }

    std::string file(std::string_view text, const std::string& name = "t.tsv")
    {
        std::ofstream(folder + "/" + name, std::ios::binary) << text;
        return folder + "/" + name;
    }

    /// What is said of a file, without the folder's name; with the exit code.
    template <class Read>
    std::string error_of(Read read, std::string_view text)
    {
        try {
            read(file(text));
            return "no error";
        } catch (const Error& error) {
            std::string what = error.what();
            what.replace(what.find(folder), folder.size() + 1, "");
            return std::to_string(static_cast<int>(error.code())) + ": " + what;
        }
    }

    std::string folder;
};

const auto read_table = [](const std::string& path) { SmallTable::read(path); };
const auto read_x = [](const std::string& path) { return SmallTable::read(path).numbers("x"); };

} // namespace

TEST_F(SmallTableTest, NamesAndFields)
{
    const SmallTable table = SmallTable::read(file("onset\tname\n1\tA\n2.5\t B c \n"));
    EXPECT_EQ(table.names(), (Strings{"onset", "name"}));
    EXPECT_EQ(table.rows(), 2U);
    EXPECT_EQ(table.texts("name"), (Strings{"A", " B c "}));
    EXPECT_EQ(table.numbers("onset"), (std::vector<double>{1, 2.5}));
    EXPECT_TRUE(table.has("name"));
    EXPECT_FALSE(table.has("Name"));
}

TEST_F(SmallTableTest, MarksAndEndsOfLinesDoNotCount)
{
    for (const char* text :
         {"x\ty\n1\t2\n3\t4\n", "x\ty\n1\t2\n3\t4", "x\ty\r\n1\t2\r\n3\t4\r\n",
          "\xEF\xBB\xBFx\ty\n\n1\t2\n \t\n3\t4\n\n", "\"x\"\t\"y\"\n\"1\"\t2\n3\t\"4\"\n"}) {
        const SmallTable table = SmallTable::read(file(text));
        EXPECT_EQ(table.numbers("x"), (std::vector<double>{1, 3})) << text;
        EXPECT_EQ(table.numbers("y"), (std::vector<double>{2, 4})) << text;
    }
}

TEST_F(SmallTableTest, EmptyAndQuotedFields)
{
    const SmallTable table = SmallTable::read(file("\ta\tb\n0\t\t\"say \"\"x\"\"\"\n1\t\"\"\t\"\n"));
    EXPECT_EQ(table.names(), (Strings{"", "a", "b"}));
    EXPECT_EQ(table.texts("a"), (Strings{"", ""}));
    EXPECT_EQ(table.texts("b"), (Strings{"say \"x\"", "\""}));
}

TEST_F(SmallTableTest, ATxtMayHaveBlanks)
{
    const SmallTable table = SmallTable::read(file("  x   name \n 1  A\n2\tB\n", "t.txt"));
    EXPECT_EQ(table.names(), (Strings{"x", "name"}));
    EXPECT_EQ(table.texts("name"), (Strings{"A", "B"}));
    EXPECT_EQ(SmallTable::read(file("a b\tc\n1\t2\n", "tabs.txt")).names(), (Strings{"a b", "c"}));
    EXPECT_EQ(SmallTable::read(file("a b\n1\n")).names(), Strings{"a b"});
}

// Lines that are longer than what is read at a time, and such that end where it does.
TEST_F(SmallTableTest, LinesOfAnyLength)
{
    for (const std::size_t length : {262'140, 262'141, 262'142, 262'143, 262'144, 600'000}) {
        const std::string long_field(length, 'x');
        TextLines line(file("\xEF\xBB\xBF" + long_field + "\r\n\n" + long_field + "\n" + long_field));
        for (const std::size_t number : {1, 3, 4}) {
            ASSERT_TRUE(line.next()) << length;
            EXPECT_EQ(line.number(), number);
            EXPECT_EQ(line.text(), long_field);
        }
        EXPECT_FALSE(line.next());
        EXPECT_FALSE(line.next());
    }
    const auto read_lines = [](const std::string& path) {
        for (TextLines line(path); line.next();) {
        }
    };
    EXPECT_EQ(error_of(read_lines, "a\n" + std::string(65 << 20, 'x')),
              "65: 't.tsv', line 2 has more than 64.0 MiB\n  is it a text?");
}

TEST_F(SmallTableTest, RowByRow)
{
    FieldRows rows(file("x\t\"y\"\n1\t2\n\n\"3\"\tn/a\n"));
    EXPECT_EQ(rows.names(), (Strings{"x", "y"}));
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.number(0), 1);
    EXPECT_EQ(rows.number(1), 2);
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.line(), 4U);
    EXPECT_EQ(rows.number(0), 3);
    EXPECT_EQ(rows.text(1), "n/a");
    EXPECT_THROW(static_cast<void>(rows.number(1)), Error);
    EXPECT_FALSE(rows.next());
}

TEST_F(SmallTableTest, AnErrorNamesThePlace)
{
    EXPECT_EQ(error_of(read_table, ""),
              "65: 't.tsv' is empty\n  a line with the names of its columns was expected");
    EXPECT_EQ(error_of(read_table, "a\tb\n1\t2\n\n3\n"),
              "65: 't.tsv', line 4: 1 fields, but the header has 2\n  fields are separated by one tab each");
    EXPECT_EQ(error_of(read_table, "a\tb\ta\n"),
              "65: 't.tsv', line 1: two columns are named 'a'\n  rename one of them");
    EXPECT_EQ(error_of(read_table, "\t\ta\n"), "no error"); // columns without a name
    EXPECT_EQ(error_of(read_table, "a\n\xe4\n"),
              "65: 't.tsv' is no text in UTF-8\n  save it as plain text in UTF-8");
    EXPECT_EQ(error_of(read_table, std::string_view("a\n\0\n", 4)),
              "65: 't.tsv' is no text in UTF-8\n  save it as plain text in UTF-8");
    EXPECT_EQ(error_of(read_x, "X\ty\n1\t2\n"), "65: 't.tsv' has no column 'x', only X, y\n  is it 'X'?");
    EXPECT_EQ(error_of(read_x, "y\tx\n1\t2\n3\tthree\n"),
              "65: 't.tsv', line 3, column 'x': 'three' is no number");
    EXPECT_EQ(error_of(read_x, "x\n1e999\n"), "65: 't.tsv', line 2, column 'x': '1e999' is no number");
    for (const char* missing : {"n/a", "NaN", "nan", "NA"})
        EXPECT_EQ(error_of(read_x, std::string("x\n1\n") + missing),
                  "65: 't.tsv', line 3, column 'x': the value is missing");
    const auto read_nowhere = [](const std::string& path) { SmallTable::read(path + ".not"); };
    EXPECT_EQ(error_of(read_nowhere, "").substr(0, 4), "66: ");
}

TEST_F(SmallTableTest, NumbersInALineOrAColumn)
{
    const std::vector<double> expected{0, 1000, 2.5e3};
    for (const char* text :
         {"0 1000 2.5e3\n", "0\t1000\t2500", "0\n1000\n2500\n", "\n 0  1000 2500 \r\n\r\n"})
        EXPECT_EQ(read_numbers(file(text)), expected) << text;
    EXPECT_EQ(error_of(read_numbers, ""), "65: 't.tsv' is empty\n  numbers were expected");
    EXPECT_EQ(error_of(read_numbers, "1 2\n3 4\n"), "65: 't.tsv' has 2 lines of 2 numbers\n  one line of "
                                                    "numbers, or one number in each line, was expected");
    EXPECT_EQ(error_of(read_numbers, "1 2\n3\n"), "65: 't.tsv', line 2: 1 numbers, 2 in the lines before");
    EXPECT_EQ(error_of(read_numbers, "\n1 nan"),
              "65: 't.tsv', line 2, field 2: 'nan' is no number\n"
              "  numbers separated by blanks were expected, without a header");
}

TEST_F(SmallTableTest, VectorsInLinesOrColumns)
{
    using Vectors = std::vector<std::array<double, 3>>;
    const Vectors expected{{0, 0, 1}, {.6, .8, 0}, {1, 0, 0}, {0, -1, 0}};
    EXPECT_EQ(read_vectors(file("0 .6 1 0\n0 .8 0 -1\n1 0 0 0\n")), expected);
    EXPECT_EQ(read_vectors(file("0 0 1\n.6 .8 0\n1 0 0\n0 -1 0\n")), expected);
    EXPECT_EQ(read_vectors(file("1 2 3\n4 5 6\n7 8 9\n")), (Vectors{{1, 4, 7}, {2, 5, 8}, {3, 6, 9}}));
    EXPECT_EQ(read_vectors(file("1\n2\n3\n")), (Vectors{{1, 2, 3}}));
    EXPECT_EQ(read_vectors(file("1 2 3\n")), (Vectors{{1, 2, 3}}));
    const auto without_direction = read_vectors(file("nan NaN nan\n0 0 1\n"));
    ASSERT_EQ(without_direction.size(), 2U);
    for (const double coordinate : without_direction[0]) EXPECT_TRUE(std::isnan(coordinate));
    EXPECT_EQ(error_of(read_vectors, "1 2\n3 4\n"), "65: 't.tsv' has 2 lines of 2 numbers\n  three lines (x, "
                                                    "y, z), or three numbers in each line, were expected");
}

TEST_F(SmallTableTest, Events)
{
    const auto all = read_events(file("response_time\ttrial_type\tduration\tonset\tmodulation\nn/"
                                      "a\tgo\t0\t-1.5\t2\nn/a\tstop\t3\t4\t-1\n"));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].onset, -1.5);
    EXPECT_EQ(all[0].duration, 0);
    EXPECT_EQ(all[0].trial_type, "go");
    EXPECT_EQ(all[0].modulation, 2);
    EXPECT_EQ(all[1].trial_type, "stop");
    EXPECT_EQ(all[1].modulation, -1);

    const auto bare = read_events(file("onset\tduration\n1\t2\n"));
    ASSERT_EQ(bare.size(), 1U);
    EXPECT_EQ(bare[0].trial_type, "dummy");
    EXPECT_EQ(bare[0].modulation, 1);
}

TEST_F(SmallTableTest, ErrorsOfEvents)
{
    const std::string header = "onset\tduration\ttrial_type\n";
    EXPECT_EQ(error_of(read_events, header), "65: 't.tsv' has no events, only a header");
    EXPECT_EQ(error_of(read_events, "onset\ttrial_type\n1\tA\n"),
              "65: 't.tsv' has no column 'duration', only onset, trial_type");
    EXPECT_EQ(error_of(read_events, header + "1\t2\tA\n2\t-0.5\tA\n"),
              "65: 't.tsv', line 3, column 'duration': -0.5 is negative");
    EXPECT_EQ(error_of(read_events, header + "1\tn/a\tA\n"),
              "65: 't.tsv', line 2, column 'duration': the value is missing");
    EXPECT_EQ(error_of(read_events, header + "1\t2\tn/a\n"),
              "65: 't.tsv', line 2, column 'trial_type': the value is missing\n  name its condition, or "
              "remove the line");
}
