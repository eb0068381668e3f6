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
class Reference;

/// A BAM or CRAM as rank 0 sees it: its header and its index, and the axis that they make.
class BamCatalog {
public:
    /// Local. Opens a file, and reads its header. Reads in the margin of a piece are described too.
    /// `Exit::cannot_read`: no such file. `Exit::bad_data`: neither BAM nor CRAM, no end-of-file block,
    /// sorted by name.
    BamCatalog(const std::string& path, const ReadOptions& wanted);
    ~BamCatalog();

    /// Local. The samples that the header names, each once.
    [[nodiscard]] const std::vector<std::string>& samples() const { return samples_; }
    /// Local. Lays the regions end to end, or without any all contigs, or the union of the regions that are
    /// to be summed up, `by`; then opens the index. `reference`: null where there is none. To be called once,
    /// before all that follows.
    ///
    /// `Exit::cannot_read`: no index. `Exit::bad_data`: an index that is not this file's, a reference that
    /// lacks one of the contigs or has another sequence for it; what read_bed and unite refuse.
    /// `Exit::usage`: a region of an unknown contig, or outside of its contig; a CRAM without reference; what
    /// keep_inside refuses.
    void lay_out(const std::vector<std::string>& regions, const RegionOptions& by,
                 const Reference* reference);

    [[nodiscard]] std::shared_ptr<const ConcatAxis> axis() const { return axis_; }
    /// Local. Bytes of the whole file.
    [[nodiscard]] double file_size() const { return file_size_; }
    /// Local. The regions that are summed up.
    [[nodiscard]] const RegionCatalog& regions() const { return regions_; }

    /// Local. The descriptor of a block: its cost in compressed bytes, and its pieces and BGZF ranges.
    [[nodiscard]] Descriptor describe(const Block& block) const;

private:
    void lay_segments(const std::vector<std::string>& regions, const RegionOptions& by);
    void look_up_sequences(const Reference& reference);
    void append_region(const std::string& region);
    void append_segment(Index contig, Index start, Index end);

    std::string path_;
    ReadOptions wanted_;
    std::unique_ptr<ReadsFile> file_;
    std::unique_ptr<BamHeader> header_; ///< null when all is laid out
    double file_size_ = 0;
    std::vector<std::string> samples_;
    std::shared_ptr<ConcatAxis> axis_ = std::make_shared<ConcatAxis>();
    Index contigs_ = 0;
    std::vector<std::int32_t> contig_of_segment_;
    std::vector<std::int32_t> sequence_of_segment_; ///< in the reference; empty without one
    RegionCatalog regions_;
};

} // namespace swather
