// SPDX-License-Identifier: MIT
#include "h5/columns.hpp"
#include "h5/hdf5.hpp"
#include "output/h5_columns.hpp"

#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <filesystem>

using namespace swather;

namespace {

/// Three stretches, the last of them short, in which a column is made and written.
constexpr Index rows = 150'000;

class H5Columns : public testing::Test {
protected:
    H5Columns()
    {
        prepare_hdf5();
        file_ = {h5::check(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "make"),
                 H5Fclose};
        dimension_ = h5::make_dimension(file_, "/row", rows);
    }
    ~H5Columns() override { std::filesystem::remove(path_); }

    /// Writes a column, of which no more is made at a time than was asked for; what it reads as is told.
    template <class Value>
    std::vector<std::string> write(const std::string& name, Value value)
    {
        Index most = 0;
        const LateColumn column{name, "a column", [&](const Box& some) -> Column::Values {
                                    most = std::max(most, some.size());
                                    decltype(list_of(value(0))) values;
                                    for (Index row = some.begin; row < some.end; ++row)
                                        values.push_back(value(row));
                                    return values;
                                }};
        std::vector<std::string> datasets;
        for (const auto& [dataset, digest] : h5::write_column(file_, dimension_, column, rows)) {
            EXPECT_EQ(h5::digest_of(file_, dataset), digest) << dataset;
            datasets.push_back(dataset);
        }
        EXPECT_EQ(most, 65'536);
        return datasets;
    }

    static std::vector<Index> list_of(Index) { return {}; }
    static Texts list_of(const std::string&) { return {}; }

    std::string path_ = testing::TempDir() + "columns-" + std::to_string(::getpid()) + ".h5";
    h5::Id file_;
    h5::Id dimension_;
};

} // namespace

TEST_F(H5Columns, OfNumbersAreWrittenInStretches)
{
    const auto value = [](Index row) { return row * row; };
    EXPECT_EQ(write("squares", value), std::vector<std::string>{"squares"});
    const auto read = h5::read_integers(file_, "squares", {0, rows});
    ASSERT_EQ(std::ssize(read), rows);
    for (Index row = 0; row < rows; ++row) ASSERT_EQ(read[static_cast<std::size_t>(row)], value(row));
}

TEST_F(H5Columns, OfTextAreStringsWhereAllAreShort)
{
    const auto value = [](Index row) { return row % 3 ? "contig_" + std::to_string(row) : std::string(); };
    EXPECT_EQ(write("names", value), std::vector<std::string>{"names"});
    const Texts read = h5::read_texts(file_, "names", {0, rows});
    ASSERT_EQ(std::ssize(read), rows);
    for (Index row = 0; row < rows; ++row) ASSERT_EQ(read[static_cast<std::size_t>(row)], value(row));
}

TEST_F(H5Columns, OfTextAreBytesWhereTheLastIsLong)
{
    const auto value = [](Index row) {
        return row == rows - 1 ? std::string(257, 'x') : std::string(static_cast<std::size_t>(row % 5), 'y');
    };
    EXPECT_EQ(write("names", value), (std::vector<std::string>{"names_bytes", "names_offset"}));
    const Texts read = h5::read_texts(file_, "names", {0, rows});
    ASSERT_EQ(std::ssize(read), rows);
    for (Index row = 0; row < rows; ++row) ASSERT_EQ(read[static_cast<std::size_t>(row)], value(row));
}

TEST_F(H5Columns, OfTextAreBytesWhereTheyCannotBeStrings)
{
    using namespace std::string_literals;
    const std::vector<std::string> bytes{"names_bytes", "names_offset"};
    // In Latin-1; with a NUL; 120 bytes each, which are 18 MB together.
    const std::string odd[] = {"caf\xe9", "a\0b"s, std::string(120, 'x')};
    for (const std::string& text : odd) {
        SCOPED_TRACE(text);
        const bool all = text.size() == 120;
        const auto value = [&](Index row) { return all || row == 70'000 ? text : std::string("chr"); };
        EXPECT_EQ(write("names", value), bytes);
        EXPECT_EQ(h5::read_texts(file_, "names", {70'000, 70'001})[0], text);
        for (const char* name : {"names_bytes", "names_offset", "names_byte"})
            h5::check(H5Ldelete(file_, name, H5P_DEFAULT), "delete");
    }
}

TEST_F(H5Columns, OfListsAreTheSameWithTheirUnits)
{
    std::vector<double> values;
    for (Index row = 0; row < rows; ++row) values.push_back(0.5 * static_cast<double>(row));
    const auto digests = h5::write_column(file_, dimension_, {"halves", values, "a column", "s"});
    ASSERT_EQ(digests.size(), 1U);
    EXPECT_EQ(h5::digest_of(file_, "halves"), digests.front().second);
    EXPECT_EQ(std::get<std::vector<double>>(h5::read_column(file_, "halves").values), values);
    const h5::Id dataset(H5Dopen2(file_, "halves", H5P_DEFAULT), H5Dclose);
    EXPECT_EQ(h5::read_text_attribute(dataset, "units"), "s");
    EXPECT_EQ(h5::read_text_attribute(dataset, "long_name"), "a column");
}
