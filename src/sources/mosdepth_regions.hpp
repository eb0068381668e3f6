// SPDX-License-Identifier: MIT
#pragma once

#include "results/depth_region.hpp"
#include "results/depth_run.hpp"
#include "sources/bed_writer.hpp"
#include "sources/mosdepth_numbers.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace swather::mosdepth {

/// What mosdepth writes of the regions of its --by: PREFIX.regions.bed.gz, .thresholds.bed.gz where there are
/// thresholds, and .mosdepth.region.dist.txt.
class RegionWriter {
public:
    RegionWriter(const std::string& prefix, DepthRegions regions, Index longest_contig);

    /// Local. Begins a contig; one without reads has regions of depth 0, and no distribution.
    void begin(std::string_view contig, bool has_reads);
    void add(const DepthRun& run);
    /// Local. Ends the contig: what its regions have together, overlaps as often as they are in one.
    Statistic end();
    /// Local. Completes the files: what all regions have together.
    Statistic finish();
    void publish();

private:
    struct Active {
        DepthRegion region;
        double mean = 0;
    };

    void take_regions(Index end);
    void count(Active& active, const DepthRun& run);
    void write(const Active& active);
    void write_until(Index position);

    DepthRegions regions_;
    std::optional<DepthRegion> next_;
    std::deque<Active> unwritten_; ///< by start: the first of them is written first
    std::vector<Active*> open_;    ///< those of them that have not ended
    std::string contig_;
    bool has_reads_ = false;
    BedWriter means_;
    std::optional<BedWriter> thresholds_;
    WholeFile distributions_;
    BgzfWriter distribution_writer_;
    Distribution distribution_, total_distribution_;
    Statistic statistic_, total_statistic_;
};

} // namespace swather::mosdepth
