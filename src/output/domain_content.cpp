// SPDX-License-Identifier: MIT
#include "output/domain_content.hpp"

#include "h5/component.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <utility>

namespace swather {

namespace {

/// The outermost group of a path: "/fit" of "/fit/contrasts/A/effect". Its dimensions are those of all below.
std::string outermost_group(const std::string& path) { return path.substr(0, path.find('/', 1)); }

/// Places an axis in the outermost group of a dataset, which may have it already.
void place_axis(const Axis& axis, const ChunkedDataset& dataset, Content& content)
{
    const std::string group = outermost_group(dataset.path);
    const auto is_there = [&](const PlacedAxis& one) {
        return one.group == group && one.axis.name == axis.name;
    };
    if (std::none_of(content.axes.begin(), content.axes.end(), is_there))
        content.axes.push_back({group, axis});
}

/// The names of the contigs of all segments.
LateColumn names_of(const ConcatAxis& domain, std::string name, std::string long_name)
{
    return {std::move(name), std::move(long_name), [&domain](const Box& rows) {
                Texts names;
                for (Index i = rows.begin; i < rows.end; ++i) names.push_back(domain.segments()[i].contig);
                return names;
            }};
}

/// A number of each segment.
LateColumn numbers_of(const ConcatAxis& domain, std::string name, std::string long_name,
                      Index Segment::*number)
{
    return {std::move(name), std::move(long_name), [&domain, number](const Box& rows) {
                std::vector<Index> numbers;
                for (Index i = rows.begin; i < rows.end; ++i) numbers.push_back(domain.segments()[i].*number);
                return numbers;
            }};
}

} // namespace

Table DomainContent<ConcatAxis>::item_table(const std::string& group, Items items) const
{
    const auto rows = std::ssize(domain_.segments());
    if (items == Items::files) {
        Table table{.group = group, .dimension = "input", .rows = rows, .columns = {}};
        table.late.push_back(names_of(domain_, "file", "the input, as it was given"));
        return table;
    }
    Table table{.group = group, .dimension = "segment", .rows = rows, .columns = {}};
    table.late.push_back(names_of(domain_, "contig", "name of the contig"));
    table.late.push_back(
        numbers_of(domain_, "start", "first position on the contig, 0-based", &Segment::start));
    table.late.push_back(numbers_of(domain_, "end", "one past the last position, 0-based", &Segment::end));
    table.late.push_back(
        numbers_of(domain_, "contig_length", "positions of the contig", &Segment::contig_length));
    return table;
}

void DomainContent<ConcatAxis>::complete(ChunkedDataset& dataset, Content& content) const
{
    dataset.dimension = "position";
    const auto group_of = [](const ChunkedDataset& one) {
        return std::filesystem::path(one.path).parent_path();
    };
    const auto is_beside = [&](const ChunkedDataset& one) { return group_of(one) == group_of(dataset); };
    if (std::any_of(content.datasets.begin(), content.datasets.end(), is_beside))
        return; // what names the segments is there
    Table table = item_table(group_of(dataset), Items::intervals);
    table.late.push_back(
        numbers_of(domain_, "offset", "where the segment begins in " + dataset.path, &Segment::offset));
    content.tables.push_back(std::move(table));
    append_views(dataset, content);
}

void DomainContent<ConcatAxis>::append_views(const ChunkedDataset& dataset, Content& content) const
{
    if (domain_.segments().size() > most_views_) return;
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

void place_axes(const std::vector<Axis>& axes, ChunkedDataset& dataset, Content& content)
{
    std::vector<Dimension> inner;
    for (const Axis& axis : axes) {
        inner.push_back({axis.name, axis.size});
        place_axis(axis, dataset, content);
    }
    dataset.dimension = inner.front().name;
    inner.erase(inner.begin());
    dataset.inner.insert(dataset.inner.begin(), inner.begin(), inner.end());
}

void append_axes(const std::vector<Axis>& axes, ChunkedDataset& dataset, Content& content)
{
    for (const Axis& axis : axes) {
        dataset.inner.push_back({axis.name, axis.size});
        if (!axis.coordinates.empty()) place_axis(axis, dataset, content);
    }
}

} // namespace swather
