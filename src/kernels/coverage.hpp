// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/count_rules.hpp"
#include "results/kernel.hpp"

namespace swather {

/// What the printed summary says of one segment.
struct DepthSummary {
    Index length = 0;
    Index covered = 0; ///< positions of depth 1 and more
    Index sum = 0;     ///< of the depths
    std::int32_t min = 0;
    std::int32_t max = 0;

    void merge(const DepthSummary& other);
};

/// Depth of each position: how many reads count there, by rules that may be another tool's.
class Coverage {
public:
    static constexpr std::string_view name = "coverage";
    static constexpr std::string_view title = "per-base depth of coverage";
    using View = ReadsView;

    /// Local. `with_bases`: the bases of the reference are a result, too.
    explicit Coverage(CountRules rules, bool with_bases = false)
        : rules_(std::move(rules))
        , with_bases_(with_bases)
    {
    }

    /// Local. Positions before and behind a block whose reads must come too. Mates that overlap on the block
    /// both lie on it; but whether they are taken for mates depends on whatever else has their name, which in
    /// templates of usual size lies so near.
    [[nodiscard]] Index margin() const { return rules_.overlaps == Overlaps::twice ? 0 : 2'000; }

    /// The reads of a block are those that overlap it, wherever they begin: no further cells are needed.
    [[nodiscard]] Index halo() const { return 0; }
    [[nodiscard]] std::tuple<DenseOutput<std::int32_t>, ScalarOutput<DepthSummary>,
                             std::vector<DenseOutput<char>>>
    outputs() const;
    /// Local. The depth of each cell, a summary of each segment, and the bases of the reference. An unknown
    /// CIGAR operation is `Exit::bad_data`.
    std::tuple<Dense<std::int32_t>, Scalar<DepthSummary>, std::vector<Dense<char>>>
    operator()(ReadsView view) const;

private:
    [[nodiscard]] Dense<std::int32_t> depth_of(ReadsView& view) const;

    CountRules rules_;
    bool with_bases_;
};

} // namespace swather
