// SPDX-License-Identifier: MIT
#include "sources/mosdepth_writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace swather::mosdepth {

Writer::Writer(Options options)
    : quantize_(std::move(options.quantize))
    , summary_(options.prefix + ".mosdepth.summary.txt")
    , summary_writer_(summary_.file(), "wu", summary_.path())
    , distributions_(options.prefix + ".mosdepth.global.dist.txt")
    , distribution_writer_(distributions_.file(), "wu", distributions_.path())
    , per_base_(options.prefix + ".per-base.bed.gz", BedIndex::like_mosdepth(options.longest_contig))
{
    if (quantize_) {
        quantized_.emplace(options.prefix + ".quantized.bed.gz",
                           BedIndex::like_mosdepth(options.longest_contig));
        quantized_runs_.emplace(*quantize_);
    }
    if (options.regions)
        regions_.emplace(options.prefix, std::move(*options.regions), options.longest_contig);
    summary_writer_.write(Statistic::header());
}

std::vector<std::string> Writer::extensions(const Options& options)
{
    std::vector<std::string> all{".mosdepth.summary.txt", ".mosdepth.global.dist.txt"};
    const auto add_bed = [&](const char* name) {
        all.push_back(fmt::format(".{}.bed.gz", name));
        all.push_back(fmt::format(".{}.bed.gz.csi", name));
    };
    add_bed("per-base");
    if (options.quantize) add_bed("quantized");
    if (!options.regions) return all;
    all.push_back(".mosdepth.region.dist.txt");
    add_bed("regions");
    if (!options.regions->thresholds.empty()) add_bed("thresholds");
    return all;
}

void Writer::begin(const Segment& segment, bool has_reads)
{
    segment_ = segment;
    has_reads_ = has_reads;
    per_base_.set_contig(segment.contig);
    if (regions_) regions_->begin(segment.contig, has_reads);
    if (!quantized_) return;
    quantized_->set_contig(segment.contig);
    quantized_runs_->begin(segment.size());
}

void Writer::add(std::span<const DepthRun> runs)
{
    for (const DepthRun& run : runs) {
        per_base_.write(run.start, run.end, fmt::format_int(run.depth).c_str());
        statistic_.add(run.size(), run.depth);
        if (has_reads_) distribution_.add(run.depth, run.size());
        if (regions_) regions_->add(run);
        if (quantized_ && has_reads_)
            quantized_runs_->add(run, [&](Index start, Index end, const std::string& label) {
                quantized_->write(start, end, label);
            });
    }
}

void Writer::end()
{
    // A contig without reads has lines in few files: it is not told in the summary, nor in the distributions.
    if (segment_.size() == 0) per_base_.write(0, 0, "0");
    if (has_reads_) {
        summary_writer_.write(statistic_.line(segment_.contig));
        total_statistic_.merge(statistic_);
    }
    if (regions_) {
        const Statistic of_regions = regions_->end();
        if (has_reads_) summary_writer_.write(of_regions.line(std::string(segment_.contig) + "_region"));
    }
    distribution_writer_.write(distribution_.lines(segment_.contig));
    total_distribution_.merge(distribution_);
    if (quantized_) end_quantized();
    distribution_.clear();
    statistic_ = Statistic::empty();
}

void Writer::end_quantized()
{
    const auto write = [&](Index start, Index end, const std::string& label) {
        quantized_->write(start, end, label);
    };
    if (has_reads_)
        quantized_runs_->end(write);
    else if (const auto label = quantize_->label_without_reads())
        write(0, segment_.size(), *label);
}

void Writer::finish()
{
    summary_writer_.write(total_statistic_.line("total"));
    if (regions_) summary_writer_.write(regions_->finish().line("total_region"));
    summary_writer_.close();
    distribution_writer_.write(total_distribution_.lines("total"));
    distribution_writer_.close();
    per_base_.finish();
    if (quantized_) quantized_->finish();
}

void Writer::publish()
{
    summary_.publish();
    distributions_.publish();
    per_base_.publish();
    if (quantized_) quantized_->publish();
    if (regions_) regions_->publish();
}

} // namespace swather::mosdepth
