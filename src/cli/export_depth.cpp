// SPDX-License-Identifier: MIT
#include "cli/export_depth.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/stop.hpp"
#include "cli/export_place.hpp"
#include "output/read_depth.hpp"
#include "output/read_regions.hpp"
#include "sources/bedgraph_writer.hpp"
#include "sources/bigwig_writer.hpp"
#include "sources/depth_table.hpp"
#include "sources/mosdepth_writer.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <set>
#include <tuple>
#include <vector>

namespace swather {

namespace {

using Writers = std::vector<std::unique_ptr<DepthWriter>>;
using Order = std::vector<Index>;

void check_overlap(const std::string& path, const Segment& a, const Segment& b)
{
    if (a.contig != b.contig || a.end <= b.start) return;
    throw Error(Exit::bad_data, "regions of '{}' overlap: {} and {}", path, a.label(), b.label())
        .remedy("in what it is exported to each position is once: make a file of each, or of one region over "
                "both");
}

/// The segments contig by contig, in the order in which these come first, and by position.
Order in_order(const std::string& path, const ConcatAxis& axis)
{
    const auto segments = axis.segments();
    const auto sort_by = [&](Order& order, const auto& first) {
        const auto key = [&](Index number) {
            return std::tuple(first(number), segments[number].start, number);
        };
        std::sort(order.begin(), order.end(), [&](Index a, Index b) { return key(a) < key(b); });
    };
    Order order(segments.size());
    std::iota(order.begin(), order.end(), Index{0});
    sort_by(order, [&](Index number) { return segments[number].contig; });
    Order first_of_contig(segments.size());
    for (auto begin = order.begin(), end = begin; begin != order.end(); begin = end) {
        const std::string_view contig = segments[*begin].contig;
        for (; end != order.end() && segments[*end].contig == contig; ++end)
            if (end != begin) check_overlap(path, segments[*(end - 1)], segments[*end]);
        const Index first = *std::min_element(begin, end);
        std::for_each(begin, end,
                      [&](Index number) { first_of_contig[static_cast<std::size_t>(number)] = first; });
    }
    sort_by(order, [&](Index number) { return first_of_contig[static_cast<std::size_t>(number)]; });
    return order;
}

/// mosdepth tells of whole contigs.
void check_whole(const std::string& path, const ConcatAxis& axis)
{
    for (const Segment& segment : axis.segments())
        if (!segment.is_whole())
            throw Error(Exit::bad_data, "'{}' has a part of a contig, {}: mosdepth's files are of whole ones",
                        path, segment.label())
                .remedy("make it without --region, or with names of contigs alone");
}

Index longest_contig(const ConcatAxis& axis)
{
    Index longest = 0;
    for (const Segment& segment : axis.segments()) longest = std::max(longest, segment.contig_length);
    return longest;
}

std::vector<BigwigWriter::Contig> contigs_of(const ConcatAxis& axis, const Order& order)
{
    std::vector<BigwigWriter::Contig> contigs;
    for (const Index number : order) {
        const Segment segment = axis.segments()[number];
        if (contigs.empty() || contigs.back().name != segment.contig)
            contigs.push_back({std::string(segment.contig), segment.contig_length});
    }
    return contigs;
}

mosdepth::Writer::Options mosdepth_options(const std::string& path, const DepthTargets& targets,
                                           Index longest)
{
    mosdepth::Writer::Options options{.prefix = targets.mosdepth,
                                      .longest_contig = longest,
                                      .quantize = {},
                                      .regions = read_regions(path, targets.sample)};
    if (!targets.quantize.empty()) options.quantize.emplace("--quantize", targets.quantize);
    return options;
}

Writers make_writers(const std::string& path, const DepthTargets& targets, bool force, const ConcatAxis& axis,
                     const Order& order)
{
    Writers writers;
    ExportPlaces places(path, force);
    const Index longest = longest_contig(axis);
    if (!targets.bedgraph.empty()) {
        places.add(targets.bedgraph, "--bedgraph");
        if (const auto index = BedgraphWriter::index_of(targets.bedgraph, longest))
            places.add(targets.bedgraph + index->extension(), "--bedgraph");
        writers.push_back(std::make_unique<BedgraphWriter>(targets.bedgraph, longest));
    }
    if (!targets.bigwig.empty()) {
        places.add(targets.bigwig, "--bigwig");
        writers.push_back(std::make_unique<BigwigWriter>(targets.bigwig, contigs_of(axis, order)));
    }
    if (!targets.tsv.empty()) {
        if (targets.tsv != "-") places.add(targets.tsv, "--tsv");
        writers.push_back(std::make_unique<DepthTable>(targets.tsv));
    }
    if (!targets.mosdepth.empty()) {
        auto options = mosdepth_options(path, targets, longest);
        for (const std::string& extension : mosdepth::Writer::extensions(options))
            places.add(options.prefix + extension, "--mosdepth");
        writers.push_back(std::make_unique<mosdepth::Writer>(std::move(options)));
    }
    return writers;
}

/// Whether anybody wants more.
bool add_segment(StoredDepth& depth, Index number, const Writers& writers)
{
    const Segment segment = depth.axis().segments()[number];
    for (const auto& writer : writers) writer->begin(segment, depth.has_reads(number));
    depth.start(segment);
    for (auto runs = depth.next(); !runs.empty(); runs = depth.next()) {
        throw_if_stopped();
        for (const auto& writer : writers) writer->add(runs);
        const auto is_closed = [](const auto& writer) { return writer->is_closed(); };
        if (std::all_of(writers.begin(), writers.end(), is_closed)) return false;
    }
    for (const auto& writer : writers) writer->end();
    return true;
}

} // namespace

void export_depth(const std::string& path, const DepthTargets& targets, bool force)
{
    StoredDepth depth(path, targets.sample);
    const ConcatAxis& axis = depth.axis();
    if (!targets.mosdepth.empty()) check_whole(path, axis);
    const Order order = in_order(path, axis);
    const Writers writers = make_writers(path, targets, force, axis, order);
    for (const Index number : order)
        if (!add_segment(depth, number, writers)) break;
    for (const auto& writer : writers) writer->finish();
    for (const auto& writer : writers) writer->publish();
    spdlog::info("the depth of '{}' is exported", path);
}

} // namespace swather
