// SPDX-License-Identifier: MIT
#include "sources/bam_reader.hpp"

#include "sources/reads_errors.hpp"

namespace swather {

void BamReader::start(BamPlace place)
{
    reads_.start(place);
    ranges_ = std::move(place.ranges);
    next_range_ = 0;
    in_range_ = false;
}

bool BamReader::open_next_range()
{
    if (next_range_ == ranges_.size()) return false;
    range_ = ranges_[next_range_++];
    in_range_ = true;
    reads_.begin_range(range_.contig);
    records_.seek(range_.begin);
    return true;
}

/// Reads one record further than the range: a range of this file's index ends between two records, and the
/// next one is not on a piece of this block.
void BamReader::check_range_end()
{
    const std::uint64_t here = records_.tell();
    BamRecord next;
    bool is_there = false;
    const auto behind_next = [&] { // where the record at hand ends; its begin at the end of the file
        const std::uint64_t before = records_.tell();
        is_there = records_.next(next);
        return is_there ? records_.tell() : before;
    };
    if (here != range_.end) {
        // The end of one BGZF block and the begin of the next are the same place under two addresses.
        records_.seek(range_.end);
        const std::uint64_t from_end = behind_next();
        records_.seek(here);
        if (behind_next() != from_end) throw foreign_ranges(path_, byte(), "its ranges end within a read");
    } else {
        behind_next();
    }
    const bool in_next_range = next_range_ < ranges_.size() && here >= ranges_[next_range_].begin;
    if (is_there && next.contig >= 0 && !in_next_range && reads_.have_place_for(next))
        throw foreign_ranges(path_, byte(), "reads follow that it does not know");
}

/// Takes the records that end in one inflated block: the next one overwrites what the batch points to.
void BamReader::take_block()
{
    BamRecord record;
    do {
        if (!records_.next(record)) throw records_.damaged();
        if (!reads_.add(record, byte())) in_range_ = false;
    } while (in_range_ && records_.tell() < range_.end && !records_.at_block_end());
}

std::span<const Read> BamReader::next_batch()
{
    reads_.clear();
    while (reads_.all().empty()) {
        if (in_range_ && records_.tell() >= range_.end) {
            check_range_end();
            in_range_ = false;
        }
        if (!in_range_ && !open_next_range()) break;
        if (records_.tell() < range_.end) take_block();
    }
    return reads_.all();
}

} // namespace swather
