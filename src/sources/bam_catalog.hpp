// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/plan.hpp"
#include "sources/bam_place.hpp"
#include "sources/read_options.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace swather {

class BamHeader;

/// Local. The index beside a BAM, in the order in which samtools looks for one; none where there is none.
std::optional<std::string> index_beside(const std::string& path);

/// A BAM as rank 0 sees it: its header and its index, and the axis that they make.
class BamCatalog {
public:
    /// Local. Opens a BAM and its .bai or .csi, and lays the regions end to end, or without any all contigs.
    /// Reads in the margin of a piece are described too.
    ///
    /// `Exit::cannot_read`: no such file, no index. `Exit::bad_data`: not a BAM, no end-of-file block, sorted
    /// by name, an index that is not this BAM's, a reference without one of the contigs. `Exit::usage`: a
    /// region of an unknown contig, or outside of its contig.
    BamCatalog(const std::string& path, const std::vector<std::string>& regions, const ReadOptions& wanted);
    ~BamCatalog();

    [[nodiscard]] const ConcatAxis& axis() const { return axis_; }
    /// Local. Bytes of the whole BAM.
    [[nodiscard]] double file_size() const { return static_cast<double>(file_size_); }

    /// Local. The descriptor of a block: its cost in compressed bytes, and its pieces and BGZF ranges.
    [[nodiscard]] Descriptor describe(const Block& block) const;
    /// Local. Lets go of the file and its index, once all blocks are described.
    void close();

private:
    struct Handles;

    void lay_out(const std::vector<std::string>& regions);

    void open_index();
    void check_index_ends() const;
    [[nodiscard]] Error foreign_index(const std::string& finding) const;
    [[nodiscard]] Error points_beyond(std::uint64_t offset) const;
    void append_region(BamHeader& header, const std::string& region);
    void append_segment(const BamHeader& header, Index contig, Index start, Index end);

    std::string path_;
    std::string index_path_;
    ReadOptions wanted_;
    std::unique_ptr<Handles> handles_;
    ConcatAxis axis_;
    Index contigs_ = 0;
    std::vector<std::int32_t> contig_of_segment_;
    std::vector<std::int32_t> sequence_of_segment_; ///< in the reference; empty without one
    std::uint64_t header_end_ = 0;                  ///< virtual offset of the first record
    std::uint64_t file_size_ = 0;
};

} // namespace swather
