// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_catalog.hpp"
#include "sources/reads_reader.hpp"
#include "sources/reference.hpp"
#include "sources/source.hpp"

#include <map>
#include <optional>

namespace swather {

/// The aligned reads of a BAM or CRAM, cut along its contigs or along regions of them; or of several, each a
/// sample. However many there are, a rank has one file open at a time.
class Reads {
public:
    using View = ReadsView;

    struct Options {
        std::vector<std::string> paths;
        bool names_of_files = false;      ///< samples have the names of their files, whatever the headers say
        bool fail_fast = false;           ///< one sample that cannot be read ends the run
        std::vector<std::string> regions; ///< in samtools' words; without any, all contigs
        RegionOptions by;                 ///< the regions that are summed up
        ReadOptions wanted;
        bool hash_whole = false; ///< the identity of the input is the hash of all of it
    };

    /// Local. Opens nothing.
    explicit Reads(Options options)
        : options_(std::move(options))
        , samples_(options_.paths.size())
    {
    }

    /// Local. Opens each file, one after the other. Of several, those that cannot be read are broken.
    /// `Exit::usage`: a header that names several samples, where there are several files.
    void survey(const std::string& folder);
    /// Local. Empty on a rank that has not surveyed, and of a sample that is broken.
    [[nodiscard]] const ConcatAxis& domain(Index sample = 0) const
    {
        const auto& axis = of(sample).axis;
        return axis ? *axis : nothing_;
    }
    /// Local. Bytes of all samples that are to be read.
    [[nodiscard]] double weight() const { return weight_; }
    // From one window of a BAM index on, up to four of the largest chunks: some megabytes of results.
    [[nodiscard]] BlockSizes block_sizes() const { return {.smallest = 16'384, .largest = 1'048'576}; }
    /// Local. Blocks are to be asked for in their order: the catalog of one sample is in memory.
    [[nodiscard]] Descriptor describe(const Block& block) { return catalog_of(block.part).describe(block); }
    void end_survey();
    [[nodiscard]] std::vector<Identity> identity() const;
    [[nodiscard]] double memory() const;
    [[nodiscard]] View read(const Descriptor& descriptor);
    [[nodiscard]] double seconds_reading() const { return seconds_reading_; }

    /// Local. Any rank: the samples, in the order in which they were given.
    [[nodiscard]] Index samples() const { return std::ssize(options_.paths); }
    [[nodiscard]] const std::string& path(Index sample) const
    {
        return options_.paths[static_cast<std::size_t>(sample)];
    }
    /// Local. Root: the name of a sample.
    [[nodiscard]] const std::string& name(Index sample) const { return of(sample).name; }
    /// Local. Any rank: whether a run goes on without those of several that cannot be read.
    [[nodiscard]] bool goes_on() const { return samples() > 1 && !options_.fail_fast; }
    /// Local. Root: what is wrong with those samples that the survey could not read.
    [[nodiscard]] const std::map<Index, Error>& broken() const { return broken_; }
    /// Local. Root: how many regions are summed up, of all samples.
    [[nodiscard]] Index regions() const;
    /// Local. Root: the regions of some samples, where all of them have the same.
    [[nodiscard]] std::optional<Index> regions_shared_by(const std::vector<Index>& samples) const;

private:
    /// What is kept of a sample when its file is closed. Samples of the same contigs share their layout.
    struct Sample {
        std::string name;
        bool is_cram = false;
        std::uint64_t hash_of_contigs = 0;
        std::shared_ptr<const ConcatAxis> axis;    ///< null of one that is broken
        std::shared_ptr<const ReadsLayout> layout; ///< until all blocks are described
        Index regions = 0;
        std::uint64_t hash_of_regions = 0;
    };

    [[nodiscard]] const Sample& of(Index sample) const { return samples_[static_cast<std::size_t>(sample)]; }
    void survey(Index number);
    void open(Index sample);
    [[nodiscard]] std::string name_of(Index sample) const;
    [[nodiscard]] BamCatalog& catalog_of(Index sample);
    const Reference* reference();

    Options options_;
    ConcatAxis nothing_;
    std::vector<Sample> samples_;
    std::map<Index, Error> broken_;
    double weight_ = 0;
    std::optional<BamCatalog> catalog_;
    Index sample_of_catalog_ = 0;
    std::unique_ptr<ReadsReader> reader_;
    Index sample_of_reader_ = 0;
    std::optional<Reference> reference_;
    double seconds_reading_ = 0;
};

static_assert(SampledSource<Reads>);

} // namespace swather
