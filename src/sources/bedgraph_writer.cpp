// SPDX-License-Identifier: MIT
#include "sources/bedgraph_writer.hpp"

#include <fmt/format.h>

namespace swather {

BedgraphWriter::BedgraphWriter(const std::string& path, Index longest_contig)
    : writer_(path, index_of(path, longest_contig))
{
}

std::optional<BedIndex> BedgraphWriter::index_of(const std::string& path, Index longest_contig)
{
    if (!path.ends_with(".gz")) return std::nullopt;
    return BedIndex::like_tabix(longest_contig);
}

void BedgraphWriter::begin(const Segment& segment, bool /*has_reads*/)
{
    // Of the segments of a contig, only the first begins it.
    if (segment.contig != contig_) writer_.set_contig(contig_ = segment.contig);
}

void BedgraphWriter::add(std::span<const DepthRun> runs)
{
    for (const DepthRun& run : runs) writer_.write(run.start, run.end, fmt::format_int(run.depth).c_str());
}

void BedgraphWriter::finish() { writer_.finish(); }
void BedgraphWriter::publish() { writer_.publish(); }

} // namespace swather
