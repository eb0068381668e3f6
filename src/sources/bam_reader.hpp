// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_records.hpp"
#include "sources/placed_reads.hpp"
#include "sources/reads_reader.hpp"

namespace swather {

/// A BAM as every rank reads it: seek and read, without header and index.
class BamReader : public ReadsReader {
public:
    /// Local. Opens the file, and the reference.
    BamReader(const std::string& path, const ReadOptions& options)
        : path_(path)
        , records_(path)
        , reads_(path, options)
    {
    }

    void start(BamPlace place) override;
    std::span<const Read> next_batch() override;

private:
    bool open_next_range();
    void check_range_end();
    void take_block();
    [[nodiscard]] std::uint64_t byte() const { return records_.tell() >> 16; }

    std::string path_;
    BamRecords records_;
    PlacedReads reads_;
    std::vector<BgzfRange> ranges_;
    std::size_t next_range_ = 0;
    BgzfRange range_; ///< the one at hand
    bool in_range_ = false;
};

} // namespace swather
