// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bed_writer.hpp"
#include "sources/depth_writer.hpp"
#include "sources/mosdepth_numbers.hpp"
#include "sources/mosdepth_quantize.hpp"
#include "sources/mosdepth_regions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace swather::mosdepth {

/// The files that mosdepth 0.3.3 writes, byte for byte: PREFIX.mosdepth.summary.txt,
/// .mosdepth.global.dist.txt and .per-base.bed.gz; .quantized.bed.gz where classes of depth are given; and
/// where regions are, theirs. Its segments must be whole contigs.
class Writer : public DepthWriter {
public:
    struct Options {
        std::string prefix;
        Index longest_contig = 0;
        std::optional<Quantize> quantize;
        std::optional<DepthRegions> regions;
    };

    explicit Writer(Options options);

    /// Local. What it appends to the prefix.
    static std::vector<std::string> extensions(const Options& options);

    void begin(const Segment& segment, bool has_reads) override;
    void add(std::span<const DepthRun> runs) override;
    void end() override;
    void finish() override;
    void publish() override;

private:
    void end_quantized();

    Segment segment_;
    bool has_reads_ = false;
    std::optional<Quantize> quantize_;
    std::optional<QuantizedRuns> quantized_runs_;
    WholeFile summary_;
    BgzfWriter summary_writer_;
    WholeFile distributions_;
    BgzfWriter distribution_writer_;
    BedWriter per_base_;
    std::optional<BedWriter> quantized_;
    std::optional<RegionWriter> regions_;
    Distribution distribution_, total_distribution_;
    Statistic statistic_ = Statistic::empty(), total_statistic_;
};

} // namespace swather::mosdepth
