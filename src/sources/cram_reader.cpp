// SPDX-License-Identifier: MIT
#include "sources/cram_reader.hpp"

#include "sources/reads_errors.hpp"

namespace swather {

void CramReader::start(BamPlace place)
{
    reads_.start(place);
    ranges_ = std::move(place.ranges);
    next_range_ = 0;
    in_range_ = false;
}

bool CramReader::open_next_range()
{
    if (next_range_ == ranges_.size()) return false;
    const BgzfRange& range = ranges_[next_range_++];
    in_range_ = true;
    range_end_ = range.end >> 16;
    reads_.begin_range(range.contig);
    records_.seek(range.begin >> 16);
    return true;
}

/// Takes as many records as live at once, up to the end of the range.
void CramReader::take_records()
{
    BamRecord record;
    for (std::size_t taken = 0; in_range_ && taken < CramRecords::most; ++taken) {
        const bool is_there = records_.next(record);
        if (!is_there && records_.tell() < range_end_) throw damaged_reads(path_, records_.tell());
        in_range_ = is_there && records_.tell() <= range_end_ && reads_.add(record, records_.tell());
    }
}

std::span<const Read> CramReader::next_batch()
{
    reads_.clear();
    while (reads_.all().empty() && (in_range_ || open_next_range())) take_records();
    return reads_.all();
}

} // namespace swather
