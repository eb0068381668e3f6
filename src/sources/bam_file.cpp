// SPDX-License-Identifier: MIT
#include "sources/bam_file.hpp"

#include "sources/identity.hpp"
#include "sources/reads_errors.hpp"

#include <algorithm>

namespace swather {

BamHeader BamFile::read_header(bool digests)
{
    BamHeader header(file_->fp.bgzf, path_, digests);
    header_end_ = static_cast<std::uint64_t>(bgzf_tell(file_->fp.bgzf));
    return header;
}

void BamFile::open_index(Index contigs)
{
    size_ = static_cast<std::uint64_t>(size_of_input(path_));
    index_path_ = index_of(path_, ".bai or .csi");
    const Index in_index = index_.emplace(index_path_, path_).contigs();
    if (in_index != contigs)
        throw foreign_index(index_path_, path_,
                            fmt::format("it has {} contigs, '{}' has {}", in_index, path_, contigs));
    check_index_ends();
}

void BamFile::check_index_ends() const
{
    BGZF* file = file_->fp.bgzf;
    const HtsRecord record(bam_init1());
    struct Landing {
        int result;
        std::int64_t behind;
    };
    const auto land = [&](std::uint64_t offset) -> Landing {
        if (bgzf_seek(file, static_cast<std::int64_t>(offset), SEEK_SET) != 0) return {-2, -1};
        const int result = bam_read1(file, record.get());
        return {result, bgzf_tell(file)};
    };
    // The index knows where its first placed read begins and its last one ends: here these are the first
    // record, and the one behind which no placed read follows.
    const auto placed = index_->placed();
    if (placed && (placed->end >> 16) > size_)
        throw points_beyond(index_path_, path_, placed->end >> 16, size_);
    const Landing begin = land(header_end_);
    if (placed && land(placed->begin).behind != begin.behind)
        throw foreign_index(index_path_, path_, "its first read is not where that of '" + path_ + "' is");
    const Landing end = placed ? land(placed->end) : begin;
    if (end.result < -1 || (end.result >= 0 && record->core.tid >= 0))
        throw foreign_index(index_path_, path_, "it ends where '" + path_ + "' goes on");
}

void BamFile::append_ranges(Index contig, Index start, Index end, std::vector<BgzfRange>& ranges) const
{
    const std::size_t before = ranges.size();
    index_->append_ranges(contig, start, end, ranges);
    for (std::size_t i = before; i < ranges.size(); ++i)
        if ((ranges[i].end >> 16) > size_)
            throw points_beyond(index_path_, path_, ranges[i].end >> 16, size_);
}

} // namespace swather
