// SPDX-License-Identifier: MIT
#include "kernels/mate_overlaps.hpp"

#include "kernels/counted_runs.hpp"

namespace swather {

namespace {

constexpr std::uint16_t supplementary = 0x800;

} // namespace

void MateOverlaps::add(const Read& read, DepthSteps& depth)
{
    if ((read.flag & CountRules::proper_pair) == 0 || (read.flag & supplementary) != 0) return;
    const Hash128 name =
        hash128_of(std::as_bytes(std::span(read.name)), static_cast<std::uint64_t>(read.clip.begin));
    const auto mate = waiting_.find(name);
    const bool is_first =
        read.mate_start && read.end > *read.mate_start &&
        (read.start < *read.mate_start || (read.start == *read.mate_start && mate == waiting_.end()));
    if (is_first) {
        waiting_.insert_or_assign(name,
                                  Waiting{{read.start, read.end}, read.cigar.size() == 1, runs_of(read)});
    } else if (mate != waiting_.end()) {
        subtract(read, mate->second, depth);
        waiting_.erase(mate);
    }
}

MateOverlaps::Runs MateOverlaps::runs_of(const Read& read) const
{
    Runs runs;
    for_counted_runs(read, rules_, [&](const Box& run) { runs.push_back(run); });
    return runs;
}

void MateOverlaps::subtract(const Read& read, const Waiting& mate, DepthSteps& depth) const
{
    if (rules_.min_baseq == 0 && mate.is_one_operation && read.cigar.size() == 1) {
        // mosdepth takes away all from here to the end of the mate, also where this read ends before it.
        const Box overlap{read.start, mate.span.end};
        if (overlap.begin <= overlap.end) return depth.add(overlap, read.clip, -1);
        return depth.add({overlap.end, overlap.begin}, read.clip, 1);
    }
    auto other = mate.runs.begin();
    for_counted_runs(read, rules_, [&](const Box& run) {
        while (other != mate.runs.end() && other->end <= run.begin) ++other;
        for (auto here = other; here != mate.runs.end() && here->begin < run.end; ++here)
            depth.add(intersect(run, *here), read.clip, -1);
    });
}

} // namespace swather
