// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_catalog.hpp"
#include "sources/reads_reader.hpp"
#include "sources/reference.hpp"
#include "sources/source.hpp"

#include <optional>

namespace swather {

/// The aligned reads of a BAM or CRAM, cut along its contigs or along regions of them.
class Reads {
public:
    using View = ReadsView;

    struct Options {
        std::string path;
        std::vector<std::string> regions; ///< in samtools' words; without any, all contigs
        RegionOptions by;                 ///< the regions that are summed up
        ReadOptions wanted;
        bool hash_whole = false; ///< the identity of the input is the hash of all of it
    };

    /// Local. Opens nothing.
    explicit Reads(Options options)
        : options_(std::move(options))
    {
    }

    void survey(const std::string& folder);
    /// Local. Empty on a rank that has not surveyed.
    [[nodiscard]] const ConcatAxis& domain() const { return catalog_ ? catalog_->axis() : nothing_; }
    [[nodiscard]] double weight() const;
    // From one window of a BAM index on, up to four of the largest chunks: some megabytes of results.
    [[nodiscard]] BlockSizes block_sizes() const { return {.smallest = 16'384, .largest = 1'048'576}; }
    [[nodiscard]] Descriptor describe(const Block& block) const { return catalog_->describe(block); }
    void end_survey() { catalog_->close(); }
    [[nodiscard]] std::vector<Identity> identity() const;
    /// Local. How many regions are summed up.
    [[nodiscard]] Index regions() const { return catalog_->regions(); }
    [[nodiscard]] double memory() const;
    [[nodiscard]] View read(const Descriptor& descriptor);
    [[nodiscard]] double seconds_reading() const { return seconds_reading_; }

private:
    Options options_;
    ConcatAxis nothing_;
    std::optional<BamCatalog> catalog_;
    std::unique_ptr<ReadsReader> reader_;
    std::optional<Reference> reference_;
    double seconds_reading_ = 0;
};

static_assert(Source<Reads>);

} // namespace swather
