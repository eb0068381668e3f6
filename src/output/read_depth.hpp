// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "results/depth_run.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// The depth in an output file of `swather coverage`, read forwards: some chunks are in memory at a time, and
/// each is inflated once.
class StoredDepth {
public:
    /// Local. `sample`: of a file of several, the one that is meant; else empty. `Exit::cannot_read`: no such
    /// file. `Exit::bad_data`: not a file of swather, not a complete one, or one without depth.
    /// `Exit::usage`: the sample is not in the file, or none is named of several.
    explicit StoredDepth(const std::string& path, const std::string& sample = "");
    ~StoredDepth();

    /// The segments, in the order of the file.
    [[nodiscard]] const ConcatAxis& axis() const { return axis_; }
    /// Local. Whether reads begin on a segment, which need not count.
    [[nodiscard]] bool has_reads(Index segment) const
    {
        return reads_[static_cast<std::size_t>(segment)] > 0;
    }

    /// Local. Goes to the begin of a segment.
    void start(const Segment& segment);
    /// Local. The next runs of that segment, each as long as it can be; none at its end. They live until the
    /// next call. `Exit::bad_data`: the file is damaged.
    std::span<const DepthRun> next();

private:
    struct File;

    void read_segments();
    /// The depth of the cells from `begin` on that lie in one slab, up to `end`.
    std::span<const std::int32_t> cells(Index begin, Index end);
    void append_runs(Index start, std::span<const std::int32_t> depth);

    std::string path_;
    std::unique_ptr<File> file_;
    ConcatAxis axis_;
    std::vector<Index> reads_;
    Index slab_size_ = 0;
    Box slab_;
    std::vector<std::int32_t> slab_cells_;
    Segment segment_;
    Index cell_ = 0; ///< of the axis, the next
    DepthRun open_;  ///< its end is not known yet; empty at the begin
    std::vector<DepthRun> runs_;
};

} // namespace swather
