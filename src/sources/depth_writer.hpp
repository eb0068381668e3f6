// SPDX-License-Identifier: MIT
#pragma once

#include "grid/concat_axis.hpp"
#include "results/depth_run.hpp"

#include <span>

namespace swather {

/// Makes files of depth, of which it is told in one pass: segment by segment, those of a contig one behind
/// the other, their positions in order. All is local; `Exit::io`: a full disk, or another failure to write.
class DepthWriter {
public:
    DepthWriter() = default;
    DepthWriter(const DepthWriter&) = delete;
    DepthWriter& operator=(const DepthWriter&) = delete;
    virtual ~DepthWriter() = default;

    /// Local. Begins a segment; `has_reads`: the BAM has reads that begin on it, which need not count.
    virtual void begin(const Segment& /*segment*/, bool /*has_reads*/) {}
    /// Local. The next runs of the segment: each as long as it can be, from its first position to its last.
    virtual void add(std::span<const DepthRun> runs) = 0;
    /// Local. Ends the segment.
    virtual void end() {}
    /// Local. After the last segment: completes the files, which still lack their names.
    virtual void finish() = 0;
    /// Local. Gives the files their names.
    virtual void publish() = 0;
    /// Local. Whether nobody wants more of it.
    [[nodiscard]] virtual bool is_closed() const { return false; }
};

} // namespace swather
