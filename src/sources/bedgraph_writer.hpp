// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bed_writer.hpp"
#include "sources/depth_writer.hpp"

namespace swather {

/// Depth as bedGraph: contig, start, end and depth of each run, those of no reads too, as mosdepth writes its
/// per-base file. A name that ends in .gz is one by bgzip with an index of tabix beside it.
class BedgraphWriter : public DepthWriter {
public:
    BedgraphWriter(const std::string& path, Index longest_contig);

    /// Local. The index that goes with the name, if any.
    static std::optional<BedIndex> index_of(const std::string& path, Index longest_contig);

    void begin(const Segment& segment, bool has_reads) override;
    void add(std::span<const DepthRun> runs) override;
    void finish() override;
    void publish() override;

private:
    BedWriter writer_;
    std::string contig_;
};

} // namespace swather
