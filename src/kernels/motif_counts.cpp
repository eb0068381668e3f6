// SPDX-License-Identifier: MIT
#include "kernels/motif_counts.hpp"

#include "kernels/number_key.hpp"
#include "results/cell_writer.hpp"

#include <algorithm>

namespace swather {

// A record: the number of the contig, which is that of its place in the file; its name, its length, the
// counts.

void MotifCounts::begin(Index contig, std::string_view name, Index length)
{
    if (contig == contig_) return;
    end();
    contig_ = contig;
    name_ = name;
    length_ = length;
}

void MotifCounts::end()
{
    if (contig_ < 0) return;
    std::string key;
    put_number(key, static_cast<std::uint32_t>(contig_));
    std::string value;
    put_text(value, name_);
    put_varint(value, static_cast<std::uint64_t>(length_));
    for (const Index count : counts_) put_varint(value, static_cast<std::uint64_t>(count));
    records_.append({key, value});
    std::ranges::fill(counts_, 0);
}

Keyed MotifCounts::result() &&
{
    end();
    return {.groups = {std::move(records_).take()}, .members = {}, .traits = {}};
}

void MotifCountReducer::merge(std::string& value, std::string_view later) const
{
    std::string_view earlier = value;
    std::string sum;
    put_text(sum, take_text(earlier));
    put_varint(sum, take_varint(earlier));
    take_text(later);
    take_varint(later);
    while (!earlier.empty()) put_varint(sum, take_varint(earlier) + take_varint(later));
    value = std::move(sum);
}

std::vector<CellColumn> MotifCountReducer::columns(const std::vector<Bytes>& /*traits*/) const
{
    std::vector<CellColumn> columns{{"contig", CellColumn::Type::text, "name of the contig"},
                                    {"length", CellColumn::Type::int64, "bases of the contig"}};
    for (const MotifPattern& pattern : *patterns_)
        columns.push_back({pattern.name, CellColumn::Type::int64, "hits of " + pattern.letters});
    return columns;
}

void MotifCountReducer::append(const Record& group, const std::vector<CellColumn>& columns,
                               std::vector<Cells>& cells) const
{
    CellWriter writer(columns, cells);
    std::string_view value = group.value;
    writer.put(take_text(value));
    while (!value.empty()) writer.put(static_cast<Index>(take_varint(value)));
}

} // namespace swather
