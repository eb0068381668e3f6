// SPDX-License-Identifier: MIT
#include "kernels/coverage.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <numeric>

namespace swather {

namespace {

/// The depth of a block while reads are added: a difference at each cell, and one past the last.
class Differences {
public:
    explicit Differences(const Box& core)
        : core_(core)
        , steps_(static_cast<std::size_t>(core.size()) + 1)
    {
    }

    /// Adds 1 to each cell of `run` inside `clip`.
    void add(const Box& run, const Box& clip)
    {
        const Box inside = intersect(run, clip);
        if (inside.empty()) return;
        ++steps_[static_cast<std::size_t>(inside.begin - core_.begin)];
        --steps_[static_cast<std::size_t>(inside.end - core_.begin)];
    }

    /// Each run is clipped to its piece, so that the sum is 0 again where the next piece begins.
    std::vector<std::int32_t> sums() &&
    {
        std::inclusive_scan(steps_.begin(), steps_.end(), steps_.begin());
        steps_.pop_back();
        return std::move(steps_);
    }

private:
    Box core_;
    std::vector<std::int32_t> steps_;
};

/// Adds the bases of an aligned run that have the quality, each stretch of them at once.
void add_good_bases(Differences& depth, const Read& read, Index cell, std::span<const std::uint8_t> qualities,
                    int min_baseq)
{
    const auto good = [&](std::uint8_t quality) { return quality >= min_baseq; };
    for (auto base = qualities.begin(); base != qualities.end();) {
        const auto first = std::find_if(base, qualities.end(), good);
        base = std::find_if_not(first, qualities.end(), good);
        depth.add({cell + (first - qualities.begin()), cell + (base - qualities.begin())}, read.clip);
    }
}

void add(Differences& depth, const Read& read, int min_baseq)
{
    const bool judge_bases = min_baseq > 0 && !read.qualities.empty();
    Index cell = read.start;
    std::size_t base = 0;
    for (const Cigar& run : read.cigar) {
        const Index length = run.length();
        switch (run.operation()) {
        case CigarOperation::match:
        case CigarOperation::equal:
        case CigarOperation::difference:
            if (judge_bases) {
                const auto qualities = read.qualities.subspan(std::min(base, read.qualities.size()));
                const auto count = std::min(qualities.size(), static_cast<std::size_t>(length));
                add_good_bases(depth, read, cell, qualities.first(count), min_baseq);
            } else {
                depth.add({cell, cell + length}, read.clip);
            }
            cell += length;
            base += static_cast<std::size_t>(length);
            break;
        case CigarOperation::deletion:
        case CigarOperation::skip:
            cell += length;
            break;
        case CigarOperation::insertion:
        case CigarOperation::soft_clip:
            base += static_cast<std::size_t>(length);
            break;
        case CigarOperation::hard_clip:
        case CigarOperation::padding:
            break;
        default:
            throw Error(Exit::bad_data, "a read has CIGAR operation {}, which SAM does not define",
                        static_cast<int>(run.operation()));
        }
    }
}

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

std::tuple<DenseOutput<std::int32_t>, ScalarOutput<DepthSummary>> Coverage::outputs() const
{
    return {{.path = "/coverage/depth", .long_name = "reads on each position", .units = "1"},
            {.group = "/summary", .columns = summary_columns}};
}

std::tuple<Dense<std::int32_t>, Scalar<DepthSummary>> Coverage::operator()(ReadsView view) const
{
    Differences differences(view.core());
    for (auto batch = view.next_batch(); !batch.empty(); batch = view.next_batch())
        for (const Read& read : batch)
            if ((read.flag & options_.exclude_flags) == 0 && read.mapq >= options_.min_mapq)
                add(differences, read, options_.min_baseq);

    Dense<std::int32_t> depth{std::move(differences).sums()};
    Scalar<DepthSummary> summary;
    for (const Piece& piece : view.pieces()) {
        const auto first = static_cast<std::size_t>(piece.cells.begin - view.core().begin);
        const auto cells = std::span<const std::int32_t>(depth.cells)
                               .subspan(first, static_cast<std::size_t>(piece.cells.size()));
        summary.entries.push_back({piece.segment, summarise(cells)});
    }
    return {std::move(depth), std::move(summary)};
}

} // namespace swather
