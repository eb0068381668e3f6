// SPDX-License-Identifier: MIT
#pragma once

#include "sources/cram_records.hpp"
#include "sources/placed_reads.hpp"
#include "sources/reads_reader.hpp"

namespace swather {

/// A CRAM as every rank reads it: its header, and then container by container.
class CramReader : public ReadsReader {
public:
    /// Local. Opens the reference where qualities are lowered by it.
    CramReader(const std::string& path, const ReadOptions& options)
        : path_(path)
        , records_(path, options)
        , reads_(path, options)
    {
    }

    void start(BamPlace place) override;
    std::span<const Read> next_batch() override;

private:
    bool open_next_range();
    void take_records();

    std::string path_;
    CramRecords records_;
    PlacedReads reads_;
    std::vector<BgzfRange> ranges_;
    std::size_t next_range_ = 0;
    std::uint64_t range_end_ = 0; ///< of the range at hand, in bytes of the file
    bool in_range_ = false;
};

} // namespace swather
