// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "grid/plan.hpp"
#include "sources/array.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace swather {
namespace {

/// A folder with files of int16, whose element of index (i, j, k) is 100 i + 10 j + k.
class ArraySource : public testing::Test {
protected:
    ArraySource()
    {
        std::string pattern = testing::TempDir() + "swather_XXXXXX";
        folder = mkdtemp(pattern.data());
    }
    ~ArraySource() override { std::filesystem::remove_all(folder); }

    static constexpr Index ni = 5, nj = 4, nk = 6;

    static std::int16_t element(Index i, Index j, Index k)
    {
        return static_cast<std::int16_t>(100 * i + 10 * j + k);
    }

    /// The bytes of all elements, in the order of C or of Fortran, as they are or swapped.
    static std::string elements(bool first_fastest, bool swapped)
    {
        std::string bytes;
        const auto put = [&](Index i, Index j, Index k) {
            std::int16_t value = element(i, j, k);
            if (swapped)
                value = static_cast<std::int16_t>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
            bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        };
        if (first_fastest)
            for (Index k = 0; k < nk; ++k)
                for (Index j = 0; j < nj; ++j)
                    for (Index i = 0; i < ni; ++i) put(i, j, k);
        else
            for (Index i = 0; i < ni; ++i)
                for (Index j = 0; j < nj; ++j)
                    for (Index k = 0; k < nk; ++k) put(i, j, k);
        return bytes;
    }

    std::string write(const std::string& name, const std::string& bytes) const
    {
        std::ofstream(folder + "/" + name, std::ios::binary) << bytes;
        return folder + "/" + name;
    }

    std::string write_npy(const std::string& name, bool first_fastest, bool swapped) const
    {
        std::string dict = fmt::format("{{'descr': '{}i2', 'fortran_order': {}, 'shape': ({}, {}, {})}}",
                                       swapped ? '>' : '<', first_fastest ? "True" : "False", ni, nj, nk);
        std::string head = "\x93NUMPY";
        head += {'\1', '\0', static_cast<char>(dict.size()), '\0'};
        return write(name, head + dict + elements(first_fastest, swapped));
    }

    /// Reads all blocks of an array of files, and looks at each element; how often each was seen.
    static std::vector<int> read_all(const ArrayInputs& inputs, std::optional<std::size_t> axis,
                                     Index block_size, Index tile_elements, Index look_ahead = 0)
    {
        const ArrayHeader header = ArrayHeader::unpack(read_array_header(inputs).pack());
        const std::vector<Index> sizes = header.sizes();
        ArrayCut cut{.axis = axis,
                     .look_ahead = look_ahead,
                     .tile = tile_shape(sizes, header.layout, tile_elements),
                     .domain = {}};
        const Index cells = axis ? sizes[*axis] - look_ahead : ArrayTiles(sizes, cut.tile).size();
        cut.domain = ArrayDomain({{.name = "cell", .size = cells}});
        Array root(inputs, header, cut, false);
        root.survey("");
        Array other(inputs, header, cut, false);
        std::vector<int> seen(static_cast<std::size_t>(header.elements()));
        const PlanPart plan = split(cells, block_size, 0);
        for (Index id = 0; id < plan.size(); ++id) {
            ArrayView view = other.read(root.describe(plan.block(id)));
            EXPECT_EQ(view.cells(), plan.block(id).core);
            while (const auto tile = view.next_tile()) look_at(*tile, header.has_file_axis, seen);
        }
        return seen;
    }

    static void look_at(const ArrayTile& tile, bool has_files, std::vector<int>& seen)
    {
        const std::size_t shift = has_files ? 1 : 0;
        const Box files = has_files ? tile.box[0] : Box{0, 1};
        const auto values = tile.values<std::int16_t>();
        std::size_t at = 0;
        for (Index f = files.begin; f < files.end; ++f)
            for (Index i = tile.box[shift].begin; i < tile.box[shift].end; ++i)
                for (Index j = tile.box[shift + 1].begin; j < tile.box[shift + 1].end; ++j)
                    for (Index k = tile.box[shift + 2].begin; k < tile.box[shift + 2].end; ++k) {
                        ASSERT_EQ(values[at++], element(i, j, k));
                        ++seen[static_cast<std::size_t>(((f * ni + i) * nj + j) * nk + k)];
                    }
        ASSERT_EQ(at, values.size());
    }

    std::string folder;
};

TEST_F(ArraySource, ReadsEachElementOnceHoweverItIsCut)
{
    for (const bool first_fastest : {false, true})
        for (const bool swapped : {false, true}) {
            const ArrayInputs inputs{.names = {write_npy("a.npy", first_fastest, swapped)}};
            for (const Index tile : {1, 7, 24, 50, 1000})
                for (const Index block : {1, 2, 3, 100}) {
                    for (const std::size_t axis : {0, 1, 2}) {
                        const auto seen = read_all(inputs, axis, block, tile);
                        EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), ni * nj * nk);
                    }
                    const auto seen = read_all(inputs, std::nullopt, block, tile);
                    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), ni * nj * nk);
                }
        }
}

TEST_F(ArraySource, ABlockSeesWhatItLooksAheadFor)
{
    const ArrayInputs inputs{.names = {write_npy("a.npy", false, false)}};
    // Blocks of one along axis 0, each with the two behind it: 0 to 2, 1 to 3, 2 to 4.
    const auto seen = read_all(inputs, 0, 1, 7, 2);
    for (Index i = 0; i < ni; ++i)
        EXPECT_EQ(seen[static_cast<std::size_t>(i * nj * nk)],
                  (std::vector<int>{1, 2, 3, 2, 1})[static_cast<std::size_t>(i)]);
}

TEST_F(ArraySource, SeveralFilesHaveAnAxisMore)
{
    const ArrayInputs inputs{.names = {write_npy("a10.npy", false, false), write_npy("a2.npy", false, true)}};
    const ArrayHeader header = read_array_header(inputs);
    EXPECT_EQ(header.axes.front().name, "file");
    EXPECT_EQ(header.axes.back().name, "d2");
    EXPECT_EQ(header.sizes(), (std::vector<Index>{2, ni, nj, nk}));
    for (const std::size_t axis : {0, 1, 3}) {
        const auto seen = read_all(inputs, axis, 1, 50);
        EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 2 * ni * nj * nk);
    }
    const auto seen = read_all(inputs, std::nullopt, 3, 50);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), 2 * ni * nj * nk);
}

TEST_F(ArraySource, PlainBytesAreWhatTheUserSays)
{
    const std::string path = write("a.raw", elements(false, false));
    const auto seen = read_all({.names = {path}, .type = Element::int16, .shape = {ni, nj, nk}}, 0, 2, 50);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), ni * nj * nk);
    EXPECT_THROW(read_array_header({.names = {path}, .type = Element::int16, .shape = {ni, nj, nk + 1}}),
                 Error);
    EXPECT_THROW(read_array_header({.names = {path}, .type = Element::int16}), Error);
    EXPECT_THROW(read_array_header({.names = {path}}), Error);
}

TEST_F(ArraySource, AFileThatHasBecomeShorterIsAnError)
{
    const ArrayInputs inputs{.names = {write_npy("a.npy", false, false)}};
    const ArrayHeader header = read_array_header(inputs);
    std::filesystem::resize_file(inputs.names.front(), 200);
    EXPECT_THROW(read_array_header(inputs), Error);
    ArrayCut cut{.axis = 0, .tile = {5, 4, 6}, .domain = ArrayDomain({{.name = "d0", .size = ni}})};
    Array array(inputs, header, cut, false);
    const Block all{.core = {0, ni}, .reach = {0, ni}};
    ArrayView view = array.read(array.describe(all));
    EXPECT_THROW(view.next_tile(), Error);
}

} // namespace
} // namespace swather
