// SPDX-License-Identifier: MIT
#include "sources/mosdepth_regions.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace swather::mosdepth {

namespace {

constexpr std::int32_t deepest_window = 999;

} // namespace

RegionWriter::RegionWriter(const std::string& prefix, DepthRegions regions, Index longest_contig)
    : regions_(std::move(regions))
    , next_(regions_.next())
    , means_(prefix + ".regions.bed.gz", BedIndex::like_mosdepth(longest_contig))
    , distributions_(prefix + ".mosdepth.region.dist.txt")
    , distribution_writer_(distributions_.file(), "wu", distributions_.path())
{
    if (regions_.thresholds.empty()) return;
    thresholds_.emplace(prefix + ".thresholds.bed.gz", BedIndex::like_mosdepth(longest_contig));
    std::string header = "#chrom\tstart\tend\tregion";
    for (const Index threshold : regions_.thresholds)
        fmt::format_to(std::back_inserter(header), "\t{}X", threshold);
    thresholds_->write_line(header);
}

void RegionWriter::begin(std::string_view contig, bool has_reads)
{
    contig_ = contig;
    has_reads_ = has_reads;
    means_.set_contig(contig);
    if (thresholds_) thresholds_->set_contig(contig);
}

void RegionWriter::add(const DepthRun& run)
{
    take_regions(run.end);
    if (has_reads_)
        for (Active* const active : open_) count(*active, run);
    std::erase_if(open_, [&](const Active* active) { return active->region.end <= run.end; });
    write_until(run.end);
}

/// Takes the regions of the contig that begin before a position.
void RegionWriter::take_regions(Index end)
{
    while (next_ && next_->contig == contig_ && next_->start < end) {
        unwritten_.push_back({*std::exchange(next_, std::nullopt)});
        open_.push_back(&unwritten_.back());
        next_ = regions_.next();
    }
}

void RegionWriter::count(Active& active, const DepthRun& run)
{
    const Box box = intersect({active.region.start, active.region.end}, {run.start, run.end});
    if (box.empty()) return;
    statistic_.add(box.size(), run.depth);
    if (!regions_.are_windows) distribution_.add(run.depth, box.size());
    // The mean is rounded as a sum of quotients, position by position, is (imean() of mosdepth.nim).
    const double part =
        static_cast<double>(run.depth) / static_cast<double>(active.region.end - active.region.start);
    if (run.depth > 0)
        for (Index i = 0; i < box.size(); ++i) active.mean += part;
}

/// Writes the regions that end up to a position, as far as none that begins earlier is still open.
void RegionWriter::write_until(Index position)
{
    while (!unwritten_.empty() && unwritten_.front().region.end <= position) {
        write(unwritten_.front());
        unwritten_.pop_front();
    }
}

void RegionWriter::write(const Active& active)
{
    const auto& [region, mean] = active;
    const std::string name = region.name.empty() ? "" : region.name + "\t";
    means_.write(region.start, region.end, name + two_decimals(mean));
    if (has_reads_ && regions_.are_windows) // one position for each window, of its mean depth
        distribution_.add(static_cast<std::int32_t>(std::min<double>(mean + 0.5, deepest_window)), 1);
    if (!thresholds_) return;
    std::string rest = region.name.empty() ? "unknown" : region.name;
    for (const Index positions : region.at_least)
        fmt::format_to(std::back_inserter(rest), "\t{}", has_reads_ ? positions : 0);
    thresholds_->write(region.start, region.end, rest);
}

Statistic RegionWriter::end()
{
    constexpr Index behind_all = std::numeric_limits<Index>::max();
    take_regions(behind_all);
    open_.clear();
    write_until(behind_all);
    distribution_writer_.write(distribution_.lines(contig_));
    total_distribution_.merge(distribution_);
    distribution_.clear();
    if (!has_reads_) return statistic_;
    total_statistic_.merge(statistic_);
    return std::exchange(statistic_, Statistic::empty());
}

Statistic RegionWriter::finish()
{
    if (next_)
        throw Error(Exit::bad_data, "the region {}:{}-{} is of no contig, or not in their order",
                    next_->contig, next_->start + 1, next_->end);
    distribution_writer_.write(total_distribution_.lines("total"));
    distribution_writer_.close();
    means_.finish();
    if (thresholds_) thresholds_->finish();
    return total_statistic_;
}

void RegionWriter::publish()
{
    means_.publish();
    if (thresholds_) thresholds_->publish();
    distributions_.publish();
}

} // namespace swather::mosdepth
