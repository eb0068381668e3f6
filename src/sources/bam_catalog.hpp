// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/plan.hpp"
#include "sources/bam_place.hpp"
#include "sources/read_options.hpp"
#include "sources/region_catalog.hpp"

#include <memory>
#include <string>
#include <vector>

namespace swather {

class BamHeader;
class ReadsFile;

/// A BAM or CRAM as rank 0 sees it: its header and its index, and the axis that they make.
class BamCatalog {
public:
    /// Local. Opens a file and its index, and lays the regions end to end, or without any all contigs, or the
    /// union of the regions that are to be summed up, `by`. Reads in the margin of a piece are described too.
    ///
    /// `Exit::cannot_read`: no such file, no index. `Exit::bad_data`: neither BAM nor CRAM, no end-of-file
    /// block, sorted by name, an index that is not this file's, a reference that lacks one of the contigs or
    /// has another sequence for it; what read_bed and unite refuse. `Exit::usage`: a region of an unknown
    /// contig, or outside of its contig; a CRAM without reference; what keep_inside refuses.
    BamCatalog(const std::string& path, const std::vector<std::string>& regions, const RegionOptions& by,
               const ReadOptions& wanted);
    ~BamCatalog();

    [[nodiscard]] const ConcatAxis& axis() const { return axis_; }
    /// Local. Bytes of the whole file.
    [[nodiscard]] double file_size() const { return file_size_; }
    /// Local. How many regions are summed up.
    [[nodiscard]] Index regions() const { return region_count_; }

    /// Local. The descriptor of a block: its cost in compressed bytes, and its pieces and BGZF ranges.
    [[nodiscard]] Descriptor describe(const Block& block) const;
    /// Local. Lets go of the file and its index, once all blocks are described.
    void close();

private:
    void lay_out(const std::vector<std::string>& regions, const RegionOptions& by);
    void look_up_sequences(const BamHeader& header);
    void append_region(BamHeader& header, const std::string& region);
    void append_segment(const BamHeader& header, Index contig, Index start, Index end);

    std::string path_;
    ReadOptions wanted_;
    std::unique_ptr<ReadsFile> file_; ///< null once all blocks are described
    double file_size_ = 0;
    ConcatAxis axis_;
    Index contigs_ = 0;
    std::vector<std::int32_t> contig_of_segment_;
    std::vector<std::int32_t> sequence_of_segment_; ///< in the reference; empty without one
    RegionCatalog regions_;
    Index region_count_ = 0;
};

} // namespace swather
