// SPDX-License-Identifier: MIT
#pragma once

#include "results/kernel.hpp"
#include "sources/reads_view.hpp"

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

/// Depth of each position: the reads whose M, = or X operations lie on it, as `samtools depth -aa` counts.
///
/// Both mates count where they overlap. The algorithm is mosdepth's (Pedersen and Quinlan 2018,
/// doi:10.1093/bioinformatics/ btx699): +1 where an aligned run begins, −1 where it ends, then one running
/// sum over the block.
class Coverage {
public:
    static constexpr std::string_view name = "coverage";
    static constexpr std::string_view title = "per-base depth of coverage";
    using View = ReadsView;

    struct Options {
        int min_mapq = 0;                    ///< reads of a lower mapping quality are left out
        int min_baseq = 0;                   ///< bases of a lower quality do not count; bases without one do
        std::uint16_t exclude_flags = 0x704; ///< reads with any of these flags are left out
    };

    explicit Coverage(Options options)
        : options_(options)
    {
    }

    /// The reads of a block are those that overlap it, wherever they begin: no further cells are needed.
    [[nodiscard]] Index halo() const { return 0; }
    [[nodiscard]] std::tuple<DenseOutput<std::int32_t>, ScalarOutput<DepthSummary>> outputs() const;
    /// Local. The depth of each cell, and a summary of each segment. An unknown CIGAR operation is
    /// `Exit::bad_data`.
    std::tuple<Dense<std::int32_t>, Scalar<DepthSummary>> operator()(ReadsView view) const;

private:
    Options options_;
};

} // namespace swather
