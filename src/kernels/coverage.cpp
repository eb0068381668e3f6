// SPDX-License-Identifier: MIT
#include "kernels/coverage.hpp"

#include "kernels/counted_runs.hpp"
#include "kernels/depth_steps.hpp"
#include "kernels/mate_overlaps.hpp"
#include "kernels/pileup_mates.hpp"

#include <algorithm>
#include <numeric>

namespace swather {

namespace {

DepthSummary summarise(std::span<const std::int32_t> depth)
{
    const auto [min, max] = std::minmax_element(depth.begin(), depth.end());
    return {.length = static_cast<Index>(depth.size()),
            .covered = std::count_if(depth.begin(), depth.end(), [](std::int32_t d) { return d > 0; }),
            .sum = std::accumulate(depth.begin(), depth.end(), Index{0}),
            .min = *min,
            .max = *max};
}

std::vector<Column> summary_columns(std::span<const DepthSummary> all)
{
    // Not as a list in braces, whose columns would be copied: there may be millions of segments.
    std::vector<Column> columns;
    const auto add = [&]<class T>(const char* name, const char* long_name, T (*value)(const DepthSummary&)) {
        std::vector<T> values;
        values.reserve(all.size());
        for (const DepthSummary& one : all) values.push_back(value(one));
        columns.push_back({.name = name, .values = std::move(values), .long_name = long_name, .units = ""});
    };
    add(
        "length", "positions", +[](const DepthSummary& s) { return s.length; });
    add(
        "covered_bases", "positions of depth 1 and more", +[](const DepthSummary& s) { return s.covered; });
    add(
        "mean_depth", "mean depth of all positions", +[](const DepthSummary& s) {
            return s.length == 0 ? 0.0 : static_cast<double>(s.sum) / static_cast<double>(s.length);
        });
    add(
        "min_depth", "smallest depth", +[](const DepthSummary& s) { return s.min; });
    add(
        "max_depth", "largest depth", +[](const DepthSummary& s) { return s.max; });
    return columns;
}

} // namespace

void DepthSummary::merge(const DepthSummary& other)
{
    min = length == 0 ? other.min : std::min(min, other.min);
    max = std::max(max, other.max);
    length += other.length;
    covered += other.covered;
    sum += other.sum;
}

std::tuple<DenseOutput<std::int32_t>, ScalarOutput<DepthSummary>, std::vector<DenseOutput<char>>>
Coverage::outputs() const
{
    std::vector<DenseOutput<char>> bases;
    if (with_bases_)
        bases.push_back(
            {.path = "/coverage/base", .long_name = "base of the reference on each position", .units = ""});
    return {{.path = "/coverage/depth", .long_name = "reads on each position", .units = "1"},
            {.group = "/summary", .columns = summary_columns},
            std::move(bases)};
}

Dense<std::int32_t> Coverage::depth_of(ReadsView& view) const
{
    DepthSteps steps(view.core());
    const auto for_reads = [&](const auto& add) {
        for (auto batch = view.next_batch(); !batch.empty(); batch = view.next_batch())
            for (const Read& read : batch)
                if (rules_.take(read)) add(read);
    };
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

    return {std::move(steps).sums()};
}

std::tuple<Dense<std::int32_t>, Scalar<DepthSummary>, std::vector<Dense<char>>>
Coverage::operator()(ReadsView view) const
{
    Dense<std::int32_t> depth = depth_of(view);
    Scalar<DepthSummary> summary;
    for (const Piece& piece : view.pieces()) {
        const auto first = static_cast<std::size_t>(piece.cells.begin - view.core().begin);
        const auto cells = std::span<const std::int32_t>(depth.cells)
                               .subspan(first, static_cast<std::size_t>(piece.cells.size()));
        summary.entries.push_back({piece.segment, summarise(cells)});
    }
    std::vector<Dense<char>> bases;
    if (with_bases_) bases.push_back({view.reference_bases()});
    return {std::move(depth), std::move(summary), std::move(bases)};
}

} // namespace swather
