// SPDX-License-Identifier: MIT
#include "kernels/coverage.hpp"

#include "base/log.hpp"
#include "kernels/counted_runs.hpp"
#include "kernels/depth_steps.hpp"
#include "kernels/histogram_reducer.hpp"
#include "kernels/mate_overlaps.hpp"
#include "kernels/pileup_mates.hpp"
#include "kernels/region_reducer.hpp"

#include <algorithm>
#include <cstdlib>

namespace swather {

namespace {

DepthSummary summary_of(const DepthHistogram& histogram, Index reads)
{
    const DepthStatistics found = statistics_of(histogram);
    return {.length = found.positions,
            .reads = reads,
            .covered = found.covered,
            .sum = found.sum,
            .min = found.min,
            .max = found.max};
}

std::vector<ScalarColumn<DepthSummary>> summary_columns()
{
    using S = DepthSummary;
    return {
        scalar_column<S>("length", "positions", [](const S& s) { return s.length; }),
        scalar_column<S>("reads", "reads that begin on it, whether they count or not",
                         [](const S& s) { return s.reads; }),
        scalar_column<S>("covered_bases", "positions of depth 1 and more",
                         [](const S& s) { return s.covered; }),
        scalar_column<S>("mean_depth", "mean depth of all positions",
                         [](const S& s) {
                             return s.length == 0
                                        ? 0.0
                                        : static_cast<double>(s.sum) / static_cast<double>(s.length);
                         }),
        scalar_column<S>("min_depth", "smallest depth", [](const S& s) { return s.min; }),
        scalar_column<S>("max_depth", "largest depth", [](const S& s) { return s.max; }),
    };
}

void warn_if_deepest(const DepthSummary& segment, const std::string& name)
{
    if (segment.max == deepest)
        spdlog::warn("{}: a depth of {} stands for that and all above", name, deepest);
}

KeyedOutput table(std::string group, std::string dimension, std::shared_ptr<const Reducer> reducer)
{
    return {.group = std::move(group),
            .dimension = std::move(dimension),
            .summary = {},
            .reducer = std::move(reducer),
            .range_bytes = 6e6};
}

/// The fragment that a read stands for: of a proper pair the first does, for both (the fragment mode of
/// mosdepth 0.3.10). Empty where there is none.
Box fragment_of(const Read& read, const CountRules& rules)
{
    const auto of_first =
        read.flag & (CountRules::proper_pair | CountRules::last_of_pair | CountRules::supplementary);
    const Index length = std::abs(read.template_length);
    // A mate further away, whatever the length says, would be seen from some blocks and not from others.
    if (of_first != CountRules::proper_pair || !read.mate_start || length > rules.longest_fragment ||
        std::abs(read.start - *read.mate_start) > rules.longest_fragment)
        return {};
    const Index begin = std::min(read.start, *read.mate_start);
    return {begin, begin + length};
}

/// The two tables of a histogram: by contigs, and of all of them.
void append_histogram(const std::string& group, std::vector<KeyedOutput>& tables)
{
    using Of = HistogramReducer::Of;
    tables.push_back(table(group, "row", std::make_shared<HistogramReducer>(Of::contigs)));
    tables.push_back(table(group + "_total", "row", std::make_shared<HistogramReducer>(Of::total)));
}

} // namespace

void DepthSummary::merge(const DepthSummary& other)
{
    min = length == 0 ? other.min : std::min(min, other.min);
    max = std::max(max, other.max);
    length += other.length;
    reads += other.reads;
    covered += other.covered;
    sum += other.sum;
}

double Coverage::working_bytes(Index positions) const
{
    return wanted_.per_base ? 0 : sizeof(std::int32_t) * static_cast<double>(positions);
}

double Coverage::bytes_of_regions(Index regions) const
{
    constexpr double bytes_of_names = 16;
    constexpr double columns = 8; // of numbers, without thresholds
    const double of_region =
        bytes_of_names + sizeof(Index) * (columns + static_cast<double>(wanted_.thresholds.size()));
    return of_region * static_cast<double>(regions);
}

Coverage::Outputs Coverage::outputs() const
{
    std::vector<DenseOutput<std::int32_t>> depth;
    if (wanted_.per_base)
        depth.push_back({.path = "/coverage/depth", .long_name = "reads on each position", .units = "1"});
    std::vector<DenseOutput<char>> bases;
    if (wanted_.bases)
        bases.push_back(
            {.path = "/coverage/base", .long_name = "base of the reference on each position", .units = ""});
    std::vector<KeyedOutput> tables;
    append_histogram("/coverage/histogram", tables);
    if (wanted_.regions)
        tables.push_back(
            table("/coverage/regions", "region", std::make_shared<RegionReducer>(wanted_.thresholds)));
    if (wanted_.region_histogram) append_histogram("/coverage/region_histogram", tables);
    return {std::move(depth),
            std::move(bases),
            std::move(tables),
            {.group = "/summary", .columns = summary_columns(), .check = warn_if_deepest}};
}

CohortOutput Coverage::cohort() const
{
    return {.histogram = "/coverage/histogram_total",
            .thresholds = wanted_.thresholds.empty() ? std::vector<Index>{10, 20, 30} : wanted_.thresholds,
            .region_mean = wanted_.regions ? "/coverage/regions/mean" : ""};
}

Coverage::Results Coverage::operator()(ReadsView view) const
{
    Beginnings beginnings(view.pieces());
    std::vector<std::int32_t> depth = depth_of(view, beginnings);
    const auto cells_of = [&](const Box& cells) {
        return std::span<const std::int32_t>(depth).subspan(
            static_cast<std::size_t>(cells.begin - view.core().begin),
            static_cast<std::size_t>(cells.size()));
    };
    DepthCounter counter;
    const auto histogram_of = [&](const Box& cells) {
        counter.add(cells_of(cells));
        return counter.take();
    };

    Scalar<DepthSummary> summary;
    BlockHistograms contigs;
    for (const ReadsPiece& piece : view.pieces()) {
        const DepthHistogram histogram = histogram_of(piece.cells);
        summary.entries.push_back({piece.segment, summary_of(histogram, beginnings.of(piece))});
        contigs.add(piece.contig, piece.contig_name, histogram);
    }
    std::vector<Keyed> tables;
    const auto append = [&](BlockHistograms histograms) {
        for (Keyed& one : std::move(histograms).tables()) tables.push_back(std::move(one));
    };
    append(std::move(contigs));

    BlockRegionSums regions(wanted_.thresholds);
    BlockHistograms of_regions;
    auto piece = view.pieces().begin();
    while (const auto region = view.next_region()) {
        while (piece->segment < region->segment) ++piece;
        const DepthHistogram histogram = histogram_of(region->cells);
        regions.add(*region, histogram);
        if (wanted_.region_histogram) of_regions.add(piece->contig, piece->contig_name, histogram);
    }
    if (wanted_.regions) tables.push_back(std::move(regions).result());
    if (wanted_.region_histogram) append(std::move(of_regions));
    std::vector<Dense<std::int32_t>> per_base;
    if (wanted_.per_base) per_base.push_back({std::move(depth)});
    std::vector<Dense<char>> bases;
    if (wanted_.bases) bases.push_back({view.reference_bases()});
    return {std::move(per_base), std::move(bases), std::move(tables), std::move(summary)};
}

std::vector<std::int32_t> Coverage::depth_of(ReadsView& view, Beginnings& beginnings) const
{
    DepthSteps steps(view.core());
    const auto for_reads = [&](const auto& add) {
        for (auto batch = view.next_batch(); !batch.empty(); batch = view.next_batch())
            for (const Read& read : batch) {
                beginnings.add(read);
                if (rules_.take(read)) add(read);
            }
    };
    if (rules_.longest_fragment > 0) {
        for_reads([&](const Read& read) { steps.add(fragment_of(read, rules_), read.clip); });
        return std::move(steps).sums();
    }
    const auto count = [&](const Read& read) {
        for_counted_runs(read, rules_, [&](const Box& run) { steps.add(run, read.clip); });
    };
    switch (rules_.overlaps) {
    case Overlaps::twice:
        for_reads(count);
        break;
    case Overlaps::once: {
        MateOverlaps mates(rules_);
        for_reads([&](const Read& read) {
            count(read);
            mates.add(read, steps);
        });
        break;
    }
    case Overlaps::by_base: {
        PileupMates mates(rules_, steps);
        for_reads([&](const Read& read) { mates.add(read); });
        mates.finish();
        break;
    }
    }
    return std::move(steps).sums();
}

} // namespace swather
