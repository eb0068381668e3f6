// SPDX-License-Identifier: MIT
#pragma once

#include "sources/cram_index.hpp"
#include "sources/hts.hpp"
#include "sources/reads_file.hpp"

namespace swather {

/// A CRAM and its .crai.
class CramFile : public ReadsFile {
public:
    /// Local. `file`: just opened.
    CramFile(std::string path, HtsFile file)
        : path_(std::move(path))
        , file_(std::move(file))
    {
    }

    BamHeader read_header(bool digests) override;
    void open_index(Index contigs) override;
    void append_ranges(Index contig, Index start, Index end, std::vector<BgzfRange>& ranges) const override
    {
        index_->append_ranges(contig, start, end, ranges);
    }

private:
    void check_index_ends(const std::string& index_path, std::uint64_t size) const;
    [[nodiscard]] std::uint64_t end_of_container(std::uint64_t begin) const;

    std::string path_;
    HtsFile file_;
    std::optional<CramIndex> index_;
    std::uint64_t header_end_ = 0; ///< byte of the first container
};

} // namespace swather
