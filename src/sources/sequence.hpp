// SPDX-License-Identifier: MIT
#pragma once

#include "sources/fasta_index.hpp"
#include "sources/sequence_reader.hpp"
#include "sources/source.hpp"

#include <memory>

namespace swather {

/// The nucleotide sequences of a FASTA, plain or packed by bgzip, end to end. Each rank reads its own lines;
/// root alone has the .fai, which is made where there is none.
class Sequence {
public:
    using View = SequenceView;

    struct Options {
        std::string path;
        Index look_ahead = 0;    ///< bases behind those of a block that are to be seen
        bool hash_whole = false; ///< the identity of the input is the hash of all of it
    };

    /// Local. Opens nothing.
    explicit Sequence(Options options)
        : options_(std::move(options))
    {
    }

    /// Local. Reads the index. Where there is none, it is made beside the file; without a `folder` nothing is
    /// kept. `Exit::bad_data`: no FASTA, or none that has an index; an index that is not this file's.
    void survey(const std::string& folder);
    /// Local. Empty on a rank that has not surveyed.
    [[nodiscard]] const ConcatAxis& domain() const { return domain_; }
    [[nodiscard]] double weight() const { return bytes_of_packed_ * static_cast<double>(bytes_); }
    [[nodiscard]] BlockSizes block_sizes() const { return {.smallest = 1 << 16, .largest = 1 << 22}; }
    [[nodiscard]] Descriptor describe(const Block& block) const;
    void end_survey() { lines_ = {}; }
    /// Local. Of the file alone: every line of its index is compared with it.
    [[nodiscard]] std::vector<Identity> identity() const;
    [[nodiscard]] double memory() const { return 1 << 20; }
    [[nodiscard]] View read(const Descriptor& descriptor);
    [[nodiscard]] double seconds_reading() const { return seconds_reading_; }

private:
    [[nodiscard]] FastaIndex load_index(const std::string& folder) const;
    [[nodiscard]] Index end_before(Index contig) const;

    Options options_;
    Packing packing_ = Packing::plain;
    TextIndex blocks_;           ///< of a packed file
    Index bytes_ = 0;            ///< of the text
    double bytes_of_packed_ = 1; ///< for each byte of the text
    ConcatAxis domain_;
    std::vector<FastaLines> lines_; ///< of each segment
    std::unique_ptr<SequenceReader> reader_;
    double seconds_reading_ = 0;
};

static_assert(Source<Sequence>);

} // namespace swather
