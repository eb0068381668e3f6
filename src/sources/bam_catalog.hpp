// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "grid/plan.hpp"
#include "sources/bam_place.hpp"
#include "sources/read_options.hpp"
#include "sources/reads_layout.hpp"

#include <memory>
#include <string>
#include <vector>

namespace swather {

class BamHeader;
class ReadsFile;

/// A BAM or CRAM as rank 0 sees it: its header and its index, and the blocks that they describe.
class BamCatalog {
public:
    /// Local. Opens a file, and reads its header. Reads in the margin of a piece are described too.
    /// `Exit::cannot_read`: no such file. `Exit::bad_data`: neither BAM nor CRAM, no end-of-file block,
    /// sorted by name.
    BamCatalog(const std::string& path, const ReadOptions& wanted);
    ~BamCatalog();

    /// Local. The samples that the header names, each once.
    [[nodiscard]] const std::vector<std::string>& samples() const { return samples_; }
    /// Local. XXH3 of what a layout depends on: files of the same have the same. Before use().
    [[nodiscard]] std::uint64_t hash_of_contigs() const;
    /// Local. The layout of the file, as lay_out() of reads_layout.hpp makes it. Before use().
    [[nodiscard]] std::shared_ptr<const ReadsLayout>
    lay_out(const std::vector<std::string>& regions, const RegionOptions& by, const Reference* reference);
    /// Local. Takes the layout, of this file or of one with the same contigs, and opens the index. To be
    /// called once, before all that follows. `Exit::cannot_read`: no index. `Exit::bad_data`: one that is not
    /// this file's.
    void use(std::shared_ptr<const ReadsLayout> layout);

    /// Local. Bytes of the whole file.
    [[nodiscard]] double file_size() const { return file_size_; }
    /// Local. The descriptor of a block: its cost in compressed bytes, and its pieces and BGZF ranges.
    [[nodiscard]] Descriptor describe(const Block& block) const;

private:
    std::string path_;
    ReadOptions wanted_;
    std::unique_ptr<ReadsFile> file_;
    std::unique_ptr<BamHeader> header_; ///< null when the layout is there
    double file_size_ = 0;
    std::vector<std::string> samples_;
    Index contigs_ = 0;
    std::shared_ptr<const ReadsLayout> layout_;
};

} // namespace swather
