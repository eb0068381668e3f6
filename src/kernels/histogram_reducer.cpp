// SPDX-License-Identifier: MIT
#include "kernels/histogram_reducer.hpp"

#include "kernels/number_key.hpp"
#include "results/cell_writer.hpp"

namespace swather {

namespace {

/// A value: the positions, and the name of the contig where there is one.
void put_value(std::string& value, Index positions, std::string_view name)
{
    put_varint(value, static_cast<std::uint64_t>(positions));
    value.append(name);
}

Index take_positions(std::string_view& value) { return static_cast<Index>(take_varint(value)); }

} // namespace

void BlockHistograms::add(Index contig, std::string_view name, const DepthHistogram& histogram)
{
    if (contig != last_) {
        end_contig();
        contigs_.try_emplace(contig, OfContig{name, {}});
        last_ = contig;
    }
    of_last_.add(histogram);
}

void BlockHistograms::end_contig()
{
    if (!last_) return;
    DepthHistogram& histogram = contigs_.at(*last_).histogram;
    histogram = merged(histogram, of_last_.take());
}

std::array<Keyed, 2> BlockHistograms::tables() &&
{
    end_contig();
    RecordWriter rows;
    std::string key;
    std::string value;
    DepthCounter all;
    for (const auto& [contig, of_contig] : contigs_) {
        all.add(of_contig.histogram);
        for (const auto& [depth, positions] : of_contig.histogram) {
            key.clear();
            put_number(key, static_cast<std::int32_t>(contig));
            put_number(key, depth);
            value.clear();
            put_value(value, positions, of_contig.name);
            rows.append({key, value});
        }
    }
    RecordWriter total_rows;
    for (const auto& [depth, positions] : all.take()) {
        key.clear();
        put_number(key, depth);
        value.clear();
        put_value(value, positions, {});
        total_rows.append({key, value});
    }
    return {Keyed{.groups = {std::move(rows).take()}, .members = {}, .traits = {}},
            Keyed{.groups = {std::move(total_rows).take()}, .members = {}, .traits = {}}};
}

void HistogramReducer::merge(std::string& value, std::string_view later) const
{
    std::string_view name = value;
    const Index positions = take_positions(name) + take_positions(later);
    std::string both;
    put_value(both, positions, name);
    value = std::move(both);
}

std::vector<CellColumn> HistogramReducer::columns(const std::vector<Bytes>& /*traits*/) const
{
    using enum CellColumn::Type;
    std::vector<CellColumn> columns;
    if (of_ == Of::contigs) columns.push_back({"contig", text, "name of the contig"});
    columns.push_back({"depth", int64, "a depth that occurs"});
    columns.push_back({"positions", int64, "positions of this depth"});
    return columns;
}

void HistogramReducer::append(const Record& row, const std::vector<CellColumn>& columns,
                              std::vector<Cells>& cells) const
{
    std::string_view key = row.key;
    std::string_view value = row.value;
    const Index positions = take_positions(value);
    CellWriter writer(columns, cells);
    if (of_ == Of::contigs) {
        take_number<std::int32_t>(key); // of the contig
        writer.put(value);
    }
    writer.put(Index{take_number<std::int32_t>(key)});
    writer.put(positions);
}

} // namespace swather
