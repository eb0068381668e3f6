// SPDX-License-Identifier: MIT
#include "output/domain_content.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace swather {

namespace {

// Each costs half a millisecond to make, and some more to open.
constexpr std::size_t most_segment_views = 1000;

/// The outermost group of a path: "/fit" of "/fit/contrasts/A/effect". Its dimensions are those of all below.
std::string outermost_group(const std::string& path) { return path.substr(0, path.find('/', 1)); }

} // namespace

Table DomainContent<ConcatAxis>::item_table(const std::string& group, Items items)
{
    if (items == Items::files) {
        Texts files;
        for (const Segment& segment : domain_.segments()) files.push_back(segment.contig);
        Table table{
            .group = group, .dimension = "input", .rows = std::ssize(domain_.segments()), .columns = {}};
        table.columns.push_back({"file", std::move(files), "the input, as it was given", ""});
        return table;
    }
    if (!segment_columns_) segment_columns_ = std::make_shared<std::vector<Column>>();
    return {.group = group,
            .dimension = "segment",
            .rows = std::ssize(domain_.segments()),
            .columns = {},
            .shared = segment_columns_};
}

void DomainContent<ConcatAxis>::fill_tables()
{
    if (!segment_columns_) return;
    const auto& segments = domain_.segments();
    std::size_t bytes_of_names = 0;
    for (const Segment& segment : segments) bytes_of_names += segment.contig.size();
    Texts contigs;
    std::vector<Index> starts;
    std::vector<Index> ends;
    std::vector<Index> lengths;
    contigs.reserve(segments.size(), bytes_of_names);
    starts.reserve(segments.size());
    ends.reserve(segments.size());
    lengths.reserve(segments.size());
    for (const Segment& segment : segments) {
        contigs.push_back(segment.contig);
        starts.push_back(segment.start);
        ends.push_back(segment.end);
        lengths.push_back(segment.contig_length);
    }
    segment_columns_->push_back({"contig", std::move(contigs), "name of the contig", ""});
    segment_columns_->push_back({"start", std::move(starts), "first position on the contig, 0-based", ""});
    segment_columns_->push_back({"end", std::move(ends), "one past the last position, 0-based", ""});
    segment_columns_->push_back({"contig_length", std::move(lengths), "positions of the contig", ""});
}

void DomainContent<ConcatAxis>::complete(ChunkedDataset& dataset, Content& content)
{
    dataset.dimension = "position";
    const auto group_of = [](const ChunkedDataset& one) {
        return std::filesystem::path(one.path).parent_path();
    };
    const auto is_beside = [&](const ChunkedDataset& one) { return group_of(one) == group_of(dataset); };
    if (std::any_of(content.datasets.begin(), content.datasets.end(), is_beside))
        return; // what names the segments is there
    Table table = item_table(group_of(dataset), Items::intervals);
    std::vector<Index> offsets;
    offsets.reserve(domain_.segments().size());
    for (const Segment& segment : domain_.segments()) offsets.push_back(segment.offset);
    table.columns.push_back(
        {"offset", std::move(offsets), "where the segment begins in " + dataset.path, ""});
    content.tables.push_back(std::move(table));
    append_views(dataset, content);
}

void DomainContent<ConcatAxis>::append_views(const ChunkedDataset& dataset, Content& content) const
{
    if (domain_.segments().size() > most_segment_views) return;
    const std::string group = std::filesystem::path(dataset.path).parent_path() / "by_contig";
    std::set<std::string> taken;
    for (const Segment& segment : domain_.segments()) {
        std::string name = path_component(segment.label());
        for (int copy = 2; !taken.insert(name).second; ++copy) // the same region asked for twice
            name = fmt::format("{} ({})", path_component(segment.label()), copy);
        content.virtuals.push_back({.path = group + "/" + name,
                                    .long_name = segment.label(),
                                    .source = dataset.path,
                                    .type = dataset.type,
                                    .cells = {segment.offset, segment.offset + segment.size()}});
    }
}

Table DomainContent<ArrayDomain>::item_table(const std::string& group, Items /*items*/)
{
    return {.group = group, .dimension = "input", .rows = 1, .columns = {}};
}

void DomainContent<ArrayDomain>::complete(ChunkedDataset& dataset, Content& content)
{
    const std::string group = outermost_group(dataset.path);
    std::vector<Dimension> inner;
    for (const Axis& axis : domain_.axes()) {
        inner.push_back({axis.name, axis.size});
        const auto is_there = [&](const PlacedAxis& one) {
            return one.group == group && one.axis.name == axis.name;
        };
        if (std::none_of(content.axes.begin(), content.axes.end(), is_there))
            content.axes.push_back({group, axis});
    }
    dataset.dimension = inner.front().name;
    inner.erase(inner.begin());
    dataset.inner.insert(dataset.inner.begin(), inner.begin(), inner.end());
}

} // namespace swather
