// SPDX-License-Identifier: MIT
#include "kernels/region_reducer.hpp"

#include "kernels/number_key.hpp"
#include "results/cell_writer.hpp"

#include <algorithm>

namespace swather {

namespace {

/// What the value of a region holds behind its names.
enum class Part : std::uint64_t { whole, histogram };

/// What the table says of a region.
struct RegionSums {
    DepthStatistics statistics;
    std::vector<Index> at_least; ///< positions that have a threshold and more, for each
};

RegionSums sums_of(const DepthHistogram& histogram, const std::vector<Index>& thresholds)
{
    RegionSums sums{statistics_of(histogram), std::vector<Index>(thresholds.size())};
    for (const auto& [depth, positions] : histogram)
        for (std::size_t i = 0; i < thresholds.size(); ++i)
            if (depth >= thresholds[i]) sums.at_least[i] += positions;
    return sums;
}

void put_sums(std::string& bytes, const RegionSums& sums)
{
    const DepthStatistics& found = sums.statistics;
    for (const Index number :
         {found.positions, found.covered, found.sum, Index{found.min}, Index{found.max}, found.middles})
        put_signed(bytes, number);
    for (const Index positions : sums.at_least) put_signed(bytes, positions);
}

RegionSums take_sums(std::string_view& bytes, std::size_t thresholds)
{
    RegionSums sums;
    DepthStatistics& found = sums.statistics;
    for (Index* number : {&found.positions, &found.covered, &found.sum}) *number = take_signed(bytes);
    for (std::int32_t* depth : {&found.min, &found.max})
        *depth = static_cast<std::int32_t>(take_signed(bytes));
    found.middles = take_signed(bytes);
    for (; thresholds > 0; --thresholds) sums.at_least.push_back(take_signed(bytes));
    return sums;
}

} // namespace

void BlockRegionSums::add(const Region& region, const DepthHistogram& histogram)
{
    key_.clear();
    put_number(key_, static_cast<std::int32_t>(region.segment));
    put_number(key_, static_cast<std::int32_t>(region.start));
    put_number(key_, static_cast<std::uint32_t>(region.line));
    put_number(key_, static_cast<std::int32_t>(region.end));
    value_.clear();
    put_text(value_, region.begins ? region.contig : "");
    put_text(value_, region.begins ? region.name : "");
    put_varint(value_, static_cast<std::uint64_t>(region.is_whole() ? Part::whole : Part::histogram));
    if (region.is_whole())
        put_sums(value_, sums_of(histogram, thresholds_));
    else
        put_histogram(value_, histogram);
    records_.append({key_, value_});
    has_names_ = has_names_ || !region.name.empty();
}

Keyed BlockRegionSums::result() &&
{
    Keyed keyed{.groups = {std::move(records_).take()}, .members = {}, .traits = {}};
    put(keyed.traits, has_names_);
    return keyed;
}

void RegionReducer::merge(std::string& value, std::string_view later) const
{
    // What lies on several blocks is a histogram in each; its names are in the first.
    std::string_view earlier = value;
    const auto skip_names = [](std::string_view& bytes) {
        take_text(bytes);
        take_text(bytes);
        take_varint(bytes);
    };
    skip_names(earlier);
    skip_names(later);
    const std::size_t names = value.size() - earlier.size();
    const DepthHistogram both = merged(take_histogram(earlier), take_histogram(later));
    value.resize(names);
    put_histogram(value, both);
}

std::vector<CellColumn> RegionReducer::columns(const std::vector<Bytes>& traits) const
{
    using enum CellColumn::Type;
    std::vector<CellColumn> columns{{"contig", text, "name of the contig"},
                                    {"start", int64, "first position on the contig, 0-based"},
                                    {"end", int64, "one past the last position, 0-based"}};
    const auto has_names = [](const Bytes& of_block) { return BytesReader(of_block).get<bool>(); };
    if (std::any_of(traits.begin(), traits.end(), has_names))
        columns.push_back({"name", text, "name of the region"});
    columns.insert(columns.end(), {{"mean", float64, "mean depth"},
                                   {"min", int64, "smallest depth"},
                                   {"max", int64, "largest depth"},
                                   {"median", float64, "median of the depths"},
                                   {"covered_bases", int64, "positions of depth 1 and more"}});
    for (const Index threshold : thresholds_)
        columns.push_back({fmt::format("at_least_{}", threshold), int64,
                           fmt::format("positions of depth {} and more", threshold)});
    return columns;
}

void RegionReducer::append(const Record& region, const std::vector<CellColumn>& columns,
                           std::vector<Cells>& cells) const
{
    std::string_view key = region.key;
    std::string_view value = region.value;
    take_number<std::int32_t>(key); // the segment
    CellWriter writer(columns, cells);
    writer.put(take_text(value));
    writer.put(Index{take_number<std::int32_t>(key)}); // its start
    take_number<std::uint32_t>(key);                   // the line
    writer.put(Index{take_number<std::int32_t>(key)}); // its end
    const std::string_view name = take_text(value);
    if (writer.name() == "name") writer.put(name);

    const RegionSums sums = static_cast<Part>(take_varint(value)) == Part::whole
                                ? take_sums(value, thresholds_.size())
                                : sums_of(take_histogram(value), thresholds_);
    const DepthStatistics& found = sums.statistics;
    writer.put(found.mean());
    writer.put(Index{found.min});
    writer.put(Index{found.max});
    writer.put(found.median());
    writer.put(found.covered);
    for (const Index positions : sums.at_least) writer.put(positions);
}

} // namespace swather
