// SPDX-License-Identifier: MIT
#include "mpi/agree.hpp"
#include "output/assemble.hpp"
#include "output/output_file.hpp"
#include "output/read_maps.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

constexpr Index slices = 7, rows = 3, columns = 2, depth = 4;

/// What stands for value `number` of an element: no two are alike.
float value_of(Index element, Index number) { return static_cast<float>(10 * element + number); }

/// A run over an image, without a kernel: a map of one value, one of several, and one of flags.
class ImageRun : public ScratchFolder {
public:
    explicit ImageRun(Index block_size)
        : plan(split(slices, block_size, 0, domain.width()))
    {
    }

    /// Computes the blocks, dealt out round robin, and makes the file of them; returns what is in it.
    Content make_file()
    {
        Journal journal(comm, path() + ".journal", Fingerprint{}, false, plan.size());
        Encoder encode(plan, 1);
        for (Index id = comm.rank(); id < plan.size(); id += comm.size()) {
            const Block block = plan.block(id);
            std::vector<Dense<float>> maps(2);
            Dense<std::uint8_t> flags;
            const Index end = block.core.end * domain.width();
            for (Index element = block.core.begin * domain.width(); element < end; ++element) {
                maps[0].cells.push_back(value_of(element, 0));
                for (Index number = 0; number < depth; ++number)
                    maps[1].cells.push_back(value_of(element, number));
                flags.cells.push_back(static_cast<std::uint8_t>(element));
            }
            journal.append(id, encode(block, std::tuple(maps, flags)));
        }
        journal.sync();
        meet();

        const std::tuple outputs{
            std::vector<DenseOutput<float>>{
                {"/fit/mean", "mean", "1"},
                {"/fit/deep/beta", "weights", "1", {{.name = "regressor", .size = depth}}}},
            DenseOutput<std::uint8_t>{"/fit/flags", "flags", "1"}};
        const Content content = Assembler(comm, plan, journal, domain, {})(outputs);
        OutputFile file(comm, path());
        file.create({"an image", "fit"});
        file.add(content);
        file.write(journal);
        file.verify();
        const Provenance provenance{
            {{"fingerprint", "{}"},
             {"finished", "now"},
             {"swather_version", "0"},
             {"ranks", "1"},
             {"command_line", "test"}},
            {{"path", std::vector<std::string>{"x"}, "", ""}, {"size", std::vector<Index>{1}, "", ""}}};
        file.publish(provenance);
        return content;
    }

    template <class T>
    [[nodiscard]] std::vector<T> cells(const std::string& of_map) const
    {
        StoredMap map;
        map.path = of_map;
        return std::get<std::vector<T>>(read_map(path(), map));
    }

    [[nodiscard]] std::string path() const { return folder + "/out.h5"; }

    ArrayDomain domain{
        {{.name = "z_mm", .size = slices, .coordinates = {0, 2, 4, 6, 8, 10, 12}, .units = "mm"},
         {.name = "y_mm", .size = rows},
         {.name = "x_mm", .size = columns}},
        "slice"};
    PlanPart plan;
};

class ImageInBlocks : public testing::TestWithParam<Index> {};

} // namespace

TEST_P(ImageInBlocks, EveryValueIsAtItsPlace)
{
    ImageRun run(GetParam());
    run.make_file();
    if (!run.comm.is_root()) return;
    const auto mean = run.cells<float>("/fit/mean");
    const auto beta = run.cells<float>("/fit/deep/beta"); // the first of all voxels, then the second …
    const auto flags = run.cells<std::uint8_t>("/fit/flags");
    constexpr Index elements = slices * rows * columns;
    ASSERT_EQ(std::ssize(mean), elements);
    ASSERT_EQ(std::ssize(beta), elements * depth);
    ASSERT_EQ(std::ssize(flags), elements);
    for (Index element = 0; element < elements; ++element) {
        EXPECT_EQ(mean[static_cast<std::size_t>(element)], value_of(element, 0));
        EXPECT_EQ(flags[static_cast<std::size_t>(element)], element);
        for (Index number = 0; number < depth; ++number)
            EXPECT_EQ(beta[static_cast<std::size_t>(number * elements + element)], value_of(element, number));
    }
}

TEST_P(ImageInBlocks, AxesOfSpaceStandOnceInTheOutermostGroup)
{
    ImageRun run(GetParam());
    const Content content = run.make_file();
    if (!run.comm.is_root()) return;
    ASSERT_EQ(content.axes.size(), 3U);
    for (const PlacedAxis& placed : content.axes) EXPECT_EQ(placed.group, "/fit");
    ASSERT_EQ(content.datasets.size(), 3U);
    const ChunkedDataset& beta = content.datasets[1];
    EXPECT_EQ(beta.dimension, "z_mm");
    ASSERT_EQ(beta.inner.size(), 3U);
    EXPECT_EQ(beta.inner[0].name, "y_mm");
    EXPECT_EQ(beta.inner[1].name, "x_mm");
    EXPECT_EQ(beta.inner[2].name, "regressor");
    EXPECT_EQ(beta.inner[2].size, depth);
}

// Each a slice, a last block that is smaller, all slices in one, and more than there are.
INSTANTIATE_TEST_SUITE_P(Slices, ImageInBlocks, testing::Values(1, 3, 7, 100));
