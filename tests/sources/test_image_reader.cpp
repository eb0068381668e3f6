// SPDX-License-Identifier: MIT
#include "base/file.hpp"
#include "sources/image_reader.hpp"
#include "sources/nifti_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <numeric>

using namespace swather;

namespace {

/// Elements and volumes that are many tiles, the last of which are smaller.
constexpr Index elements = 1'300, volumes = 71;
constexpr Index header = 352;

/// A value that tells where it stands.
std::int32_t stored_at(Index volume, Index element)
{
    return static_cast<std::int32_t>(volume * 10'000 + element);
}

class ImageReaderTest : public testing::Test {
protected:
    ImageReaderTest()
    {
        std::string pattern = testing::TempDir() + "swather_XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~ImageReaderTest() override { std::filesystem::remove_all(folder_); }

    /// A plain file of `count` volumes, from volume `first` on, of slices of which those in the middle are
    /// read: of `elements` each.
    ImagePiece plain(const std::string& name, Index first, Index count, Index run)
    {
        std::vector<std::int32_t> cells(header / sizeof(std::int32_t), -1);
        for (Index volume = first; volume < first + count; ++volume) {
            cells.insert(cells.end(), 5, -1);
            for (Index element = 0; element < elements; ++element)
                cells.push_back(stored_at(volume, element));
            cells.insert(cells.end(), 3, -1);
        }
        const std::string path = folder_ + "/" + name;
        File::open(path, File::Mode::append).append(std::as_bytes(std::span(cells)));
        ImagePiece piece;
        piece.path = path;
        piece.numbers = {.packing = Packing::plain,
                         .format = {NiftiType::int32, false, 1, 0},
                         .run = run,
                         .volumes = count,
                         .begin = header + 5 * 4,
                         .volume_bytes = (elements + 8) * 4,
                         .slab_bytes = elements * 4};
        return piece;
    }

    std::string folder_;
};

/// What a reader gives of so many voxels at a time, all of it: volumes × voxels of each run. Fails where a
/// value comes twice or never, and where the volumes of a voxel are not in order.
std::vector<std::vector<std::vector<double>>> read_all(ImageReader& reader, Index most)
{
    const auto number_of = [](Index index) { return static_cast<std::size_t>(index); };
    const auto voxels = reader.inside().size();
    std::vector<std::vector<std::vector<double>>> runs;
    std::vector<std::vector<Index>> next; // volume of each voxel
    for (const Index count : reader.runs()) {
        runs.emplace_back(number_of(count), std::vector<double>(voxels));
        next.emplace_back(voxels, 0);
    }
    Index behind = 0;
    for (Box at_hand = reader.next_voxels(most); !at_hand.empty(); at_hand = reader.next_voxels(most)) {
        EXPECT_EQ(at_hand.begin, behind);
        EXPECT_LE(at_hand.size(), most);
        behind = at_hand.end;
        for (SeriesTile tile = reader.next_tile(); !tile.volumes.empty(); tile = reader.next_tile()) {
            EXPECT_EQ(std::ssize(tile.values), tile.volumes.size() * tile.voxels.size());
            for (Index i = 0; i < tile.voxels.size(); ++i) {
                const std::size_t voxel = number_of(at_hand.begin + tile.voxels.begin + i);
                Index& of_voxel = next.at(number_of(tile.run)).at(voxel);
                EXPECT_EQ(of_voxel, tile.volumes.begin) << "voxel " << voxel;
                of_voxel = tile.volumes.end;
                for (Index volume = 0; volume < tile.volumes.size(); ++volume)
                    runs[number_of(tile.run)].at(number_of(tile.volumes.begin + volume))[voxel] =
                        tile.volume(volume)[number_of(i)];
            }
        }
    }
    EXPECT_EQ(behind, std::ssize(reader.inside()));
    for (std::size_t run = 0; run < runs.size(); ++run)
        EXPECT_EQ(next[run], std::vector<Index>(voxels, std::ssize(runs[run])));
    return runs;
}

/// Some of the elements, at odd distances, and their bits.
std::pair<std::vector<std::int32_t>, std::vector<std::uint8_t>> odd_mask()
{
    std::vector<std::int32_t> inside;
    std::vector<std::uint8_t> bits((elements + 7) / 8);
    for (std::int32_t element = 3; element < elements; element += 1 + element % 4) {
        inside.push_back(element);
        bits[static_cast<std::size_t>(element) / 8] |= static_cast<std::uint8_t>(1 << element % 8);
    }
    return {inside, bits};
}

} // namespace

TEST_F(ImageReaderTest, GivesEachVoxelOfEachVolumeOnce)
{
    const ImagePlace place{.elements = elements, .mask = {}, .pieces = {plain("a.nii", 0, volumes, 0)}};
    for (const Index most : {Index{1}, Index{7}, Index{600}, elements, 2 * elements}) {
        ImageReader reader(place);
        EXPECT_EQ(std::ssize(reader.inside()), elements);
        EXPECT_EQ(reader.runs(), std::vector<Index>{volumes});
        const auto runs = read_all(reader, most);
        for (Index volume = 0; volume < volumes; ++volume)
            for (Index element = 0; element < elements; ++element)
                ASSERT_EQ(runs[0][static_cast<std::size_t>(volume)][static_cast<std::size_t>(element)],
                          stored_at(volume, element))
                    << most << " at a time";
    }
}

TEST_F(ImageReaderTest, GivesOnlyWhatIsInsideTheMask)
{
    const auto [inside, bits] = odd_mask();
    const ImagePlace place{.elements = elements, .mask = bits, .pieces = {plain("a.nii", 0, volumes, 0)}};
    for (const Index most : {Index{5}, elements}) {
        ImageReader reader(place);
        EXPECT_EQ(reader.inside(), inside);
        const auto runs = read_all(reader, most);
        for (Index volume = 0; volume < volumes; ++volume)
            for (std::size_t voxel = 0; voxel < inside.size(); ++voxel)
                ASSERT_EQ(runs[0][static_cast<std::size_t>(volume)][voxel], stored_at(volume, inside[voxel]));
    }
}

TEST_F(ImageReaderTest, GivesNothingOfAnEmptyMask)
{
    const std::vector<std::uint8_t> bits((elements + 7) / 8);
    ImageReader reader({.elements = elements, .mask = bits, .pieces = {plain("a.nii", 0, 3, 0)}});
    EXPECT_TRUE(reader.inside().empty());
    EXPECT_TRUE(reader.next_voxels(10).empty());
    EXPECT_TRUE(reader.next_tile().volumes.empty());
}

TEST_F(ImageReaderTest, JoinsFilesToRuns)
{
    // 40 volumes, one, and 30 that go on; then a run of its own, and one more.
    ImageReader reader(
        {.elements = elements,
         .mask = {},
         .pieces = {plain("a.nii", 0, 40, 0), plain("b.nii", 40, 1, 0), plain("c.nii", 41, 30, 0),
                    plain("d.nii", 100, 33, 1), plain("e.nii", 200, 2, 2)}});
    EXPECT_EQ(reader.runs(), (std::vector<Index>{71, 33, 2}));
    const auto runs = read_all(reader, 400);
    ASSERT_EQ(runs.size(), 3U);
    const std::array<Index, 3> first{0, 100, 200};
    for (std::size_t run = 0; run < 3; ++run)
        for (std::size_t volume = 0; volume < runs[run].size(); ++volume)
            for (std::size_t element = 0; element < elements; ++element)
                ASSERT_EQ(runs[run][volume][element],
                          stored_at(first[run] + static_cast<Index>(volume), static_cast<Index>(element)));
}

TEST_F(ImageReaderTest, TakesTheSlopeOfEachFile)
{
    ImagePlace place{
        .elements = elements, .mask = {}, .pieces = {plain("a.nii", 0, 2, 0), plain("b.nii", 2, 2, 0)}};
    place.pieces[1].numbers.format.slope = -0.5;
    place.pieces[1].numbers.format.intercept = 7;
    ImageReader reader(place);
    const auto runs = read_all(reader, 400);
    EXPECT_EQ(runs[0][1][5], stored_at(1, 5));
    EXPECT_EQ(runs[0][2][5], 7 - 0.5 * stored_at(2, 5));
}

TEST_F(ImageReaderTest, SeeksInPackedFiles)
{
    constexpr Index packed_volumes = 40, slices = 3, slice = 500;
    std::vector<float> cells(static_cast<std::size_t>(packed_volumes * slices * slice));
    std::iota(cells.begin(), cells.end(), 0.0F);
    ImagePiece piece;
    piece.path = folder_ + "/a.nii.gz";
    NiftiMap map;
    map.nx = slice;
    map.nz = slices;
    map.nt = packed_volumes;
    map.cells = std::span<const float>(cells);
    write_nifti(piece.path, map);
    const TextIndex index(piece.path);
    for (Index volume = 0; volume < packed_volumes; ++volume) // the slice in the middle
        piece.addresses.push_back(index.address_of(header + (volume * slices + 1) * slice * 4));
    piece.numbers = {.packing = Packing::bgzf,
                     .format = {NiftiType::float32, false, 1, 0},
                     .run = 0,
                     .volumes = packed_volumes,
                     .begin = 0,
                     .volume_bytes = 0,
                     .slab_bytes = slice * 4};
    ImageReader reader({.elements = slice, .mask = {}, .pieces = {piece}});
    const auto runs = read_all(reader, 400);
    for (Index volume = 0; volume < packed_volumes; ++volume)
        for (Index element = 0; element < slice; ++element)
            ASSERT_EQ(runs[0][static_cast<std::size_t>(volume)][static_cast<std::size_t>(element)],
                      static_cast<double>((volume * slices + 1) * slice + element));
}

TEST_F(ImageReaderTest, AFileThatHasBecomeShorterIsAnError)
{
    const ImagePiece piece = plain("short.nii", 0, volumes, 0);
    std::filesystem::resize_file(piece.path, std::filesystem::file_size(piece.path) - 16);
    ImageReader reader({.elements = elements, .mask = {}, .pieces = {piece}});
    EXPECT_FALSE(reader.next_voxels(elements).empty());
    try {
        while (!reader.next_tile().volumes.empty()) {
        }
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::bad_data);
        EXPECT_NE(error.finding().find("short.nii"), std::string::npos) << error.what();
        EXPECT_NE(error.finding().find("volume 70"), std::string::npos) << error.what();
    }
}
