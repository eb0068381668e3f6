// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_index.hpp"
#include "sources/hts.hpp"
#include "sources/reads_file.hpp"

namespace swather {

/// A BAM and its .bai or .csi.
class BamFile : public ReadsFile {
public:
    /// Local. `file`: just opened.
    BamFile(std::string path, HtsFile file)
        : path_(std::move(path))
        , file_(std::move(file))
    {
    }

    BamHeader read_header(bool digests) override;
    void open_index(Index contigs) override;
    void append_ranges(Index contig, Index start, Index end, std::vector<BgzfRange>& ranges) const override;

private:
    void check_index_ends() const;

    std::string path_;
    HtsFile file_;
    std::string index_path_;
    std::optional<BamIndex> index_;
    std::uint64_t size_ = 0;       ///< bytes of the file
    std::uint64_t header_end_ = 0; ///< virtual offset of the first record
};

} // namespace swather
