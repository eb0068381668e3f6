// SPDX-License-Identifier: MIT
#include "kernels/region_reducer.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

DepthHistogram histogram_of(const std::vector<std::int32_t>& depths)
{
    DepthCounter counter;
    counter.add(depths);
    return counter.take();
}

/// A region of ten positions, of which a block has `cells`.
Region region(Index start, Box cells, std::string_view name = {})
{
    return {.segment = 2,
            .start = start,
            .end = start + 10,
            .line = 7,
            .cells = cells,
            .begins = cells.begin == start,
            .contig = "c",
            .name = name};
}

/// The cells that a region has in each column: texts as they are, numbers as text.
std::vector<std::string> row_of(const RegionReducer& reducer, const Record& record, bool has_names)
{
    Bytes trait;
    put(trait, has_names);
    const auto columns = reducer.columns({trait});
    std::vector<Cells> cells = no_cells(columns);
    reducer.append(record, columns, cells);
    std::vector<std::string> row;
    for (const Cells& cell : cells)
        row.push_back(std::visit([](const auto& values) { return fmt::format("{}", values[0]); }, cell));
    return row;
}

using Row = std::vector<std::string>;

} // namespace

TEST(RegionReducer, ARegionOfOneBlock)
{
    const std::vector<Index> thresholds{1, 3};
    BlockRegionSums sums(thresholds);
    sums.add(region(20, {20, 30}, "r"), histogram_of({0, 0, 1, 1, 1, 2, 2, 3, 9, 9}));
    const Keyed keyed = std::move(sums).result();
    std::string_view rest = keyed.groups.records;
    const Record record = take_record(rest);
    EXPECT_EQ(row_of(RegionReducer(thresholds), record, true),
              (Row{"c", "20", "30", "r", "2.8", "0", "9", "1.5", "8", "8", "3"}));
    EXPECT_EQ(row_of(RegionReducer(thresholds), record, false).size(), 10U);
    EXPECT_TRUE(BytesReader(keyed.traits).get<bool>());
}

TEST(RegionReducer, PartsMakeTheWhole)
{
    const std::vector<Index> thresholds{2};
    const RegionReducer reducer(thresholds);
    std::string value;
    std::string key;
    const std::vector<std::pair<Box, std::vector<std::int32_t>>> parts{
        {{20, 23}, {0, 0, 1}}, {{23, 29}, {1, 1, 2, 2, 3, 9}}, {{29, 30}, {9}}};
    for (const auto& [cells, depths] : parts) {
        BlockRegionSums sums(thresholds);
        sums.add(region(20, cells, cells.begin == 20 ? "r" : ""), histogram_of(depths));
        const Keyed keyed = std::move(sums).result();
        std::string_view rest = keyed.groups.records;
        const Record record = take_record(rest);
        if (key.empty())
            value = record.value;
        else
            reducer.merge(value, record.value);
        EXPECT_TRUE(key.empty() || key == record.key);
        key = record.key;
    }
    EXPECT_EQ(row_of(reducer, {key, value}, true),
              (Row{"c", "20", "30", "r", "2.8", "0", "9", "1.5", "8", "5"}));
}

TEST(RegionReducer, KeysSortAsRegionsDo)
{
    const std::vector<Index> thresholds;
    std::string before;
    for (const auto& [segment, start, end, line] : std::vector<std::array<Index, 4>>{{0, 5, 70'000, 3},
                                                                                     {0, 5, 9, 300},
                                                                                     {0, 256, 256, 1},
                                                                                     {1, 0, 1, 3'000'000'000},
                                                                                     {70'000, 0, 1, 1}}) {
        BlockRegionSums sums(thresholds);
        sums.add({.segment = segment, .start = start, .end = end, .line = line}, {});
        const Keyed keyed = std::move(sums).result();
        std::string_view rest = keyed.groups.records;
        const std::string key(take_record(rest).key);
        EXPECT_LT(before, key) << segment << ' ' << start << ' ' << end << ' ' << line;
        before = key;
    }
}
