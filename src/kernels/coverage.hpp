// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/beginnings.hpp"
#include "kernels/count_rules.hpp"
#include "results/kernel.hpp"

namespace swather {

/// What the printed summary says of one segment.
struct DepthSummary {
    Index length = 0;
    Index reads = 0;   ///< that begin on it, whether they count or not
    Index covered = 0; ///< positions of depth 1 and more
    Index sum = 0;     ///< of the depths
    std::int32_t min = 0;
    std::int32_t max = 0;

    void merge(const DepthSummary& other);
};

/// What is wanted beside the summary and the histograms of contigs.
struct CoverageWanted {
    bool per_base = true;            ///< the depth of each position
    bool bases = false;              ///< the base of the reference on each position
    bool regions = false;            ///< sums of regions
    bool region_histogram = false;   ///< the histogram of their positions
    std::vector<Index> thresholds{}; ///< depths: of each region, the positions that have at least these
};

/// Depth of each position: how many reads count there, by rules that may be another tool's; histograms of it,
/// and what it is on regions.
class Coverage {
public:
    static constexpr std::string_view name = "coverage";
    static constexpr std::string_view title = "per-base depth of coverage";
    using View = ReadsView;
    // The summary is last: root has that of all segments in memory, where tables need some while they are
    // merged.
    using Outputs = std::tuple<std::vector<DenseOutput<std::int32_t>>, std::vector<DenseOutput<char>>,
                               std::vector<KeyedOutput>, ScalarOutput<DepthSummary>>;
    using Results = ResultsOf<Outputs>;

    explicit Coverage(CountRules rules, CoverageWanted wanted = {})
        : rules_(std::move(rules))
        , wanted_(std::move(wanted))
    {
    }

    /// Local. Positions before and behind a block whose reads must come too. Mates that overlap on the block
    /// both lie on it; but whether they are taken for mates depends on whatever else has their name, which in
    /// templates of usual size lies so near.
    /// Of a fragment only one read is looked at, which may be at its other end.
    [[nodiscard]] Index margin() const
    {
        if (rules_.longest_fragment > 0) return rules_.longest_fragment;
        return rules_.overlaps == Overlaps::twice ? 0 : 2'000;
    }

    /// The reads of a block are those that overlap it, wherever they begin: no further cells are needed.
    [[nodiscard]] Index halo() const { return 0; }
    /// Local. Bytes of the depths of so many positions, where they are no result.
    [[nodiscard]] double working_bytes(Index positions) const;
    /// Local. Bytes of the table of so many regions.
    [[nodiscard]] double bytes_of_regions(Index regions) const;
    [[nodiscard]] Outputs outputs() const;
    [[nodiscard]] CohortOutput cohort() const;
    /// Local. The results of a block. An unknown CIGAR operation is `Exit::bad_data`.
    Results operator()(ReadsView view) const;

private:
    [[nodiscard]] std::vector<std::int32_t> depth_of(ReadsView& view, Beginnings& beginnings) const;

    CountRules rules_;
    CoverageWanted wanted_;
};

} // namespace swather
