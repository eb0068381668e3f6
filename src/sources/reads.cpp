// SPDX-License-Identifier: MIT
#include "sources/reads.hpp"

#include "base/stopwatch.hpp"
#include "sources/reads_file.hpp"

#include <filesystem>

namespace swather {

void Reads::survey(const std::string& /*folder*/)
{
    catalog_.emplace(options_.path, options_.regions, options_.by, options_.wanted);
}

double Reads::weight() const
{
    if (options_.regions.empty() && !options_.by.only) return catalog_->file_size();
    const Box all{0, domain().size()};
    return describe({.id = 0, .core = all, .reach = all}).block.cost;
}

std::vector<Identity> Reads::identity() const
{
    std::vector<Identity> identities{identify(options_.path, options_.hash_whole)};
    // The index is small: all of it is hashed, so that one of another BAM is seen. Where there is none, or
    // the file is no BAM that could have one, the survey tells.
    if (const auto index = index_beside(options_.path)) identities.push_back(identify(*index, true));
    if (!options_.by.bed.empty()) identities.push_back(identify(options_.by.bed, true));
    if (!options_.wanted.reference.empty()) {
        const std::string& reference = options_.wanted.reference;
        identities.push_back(identify(reference, options_.hash_whole));
        if (std::filesystem::exists(reference + ".fai"))
            identities.push_back(identify(reference + ".fai", true));
    }
    return identities;
}

double Reads::memory() const
{
    // Of a BAM, htslib's two BGZF blocks, the reads of one, and room for a long read with all its tags; of a
    // CRAM, a slice, packed and decoded.
    return is_cram(options_.path) ? 40 << 20 : 4 << 20;
}

Reads::View Reads::read(const Descriptor& descriptor)
{
    const Stopwatch stopwatch(seconds_reading_);
    if (!reader_) reader_ = open_reads(options_.path, options_.wanted);
    if (!reference_ && !options_.wanted.reference.empty()) reference_.emplace(options_.wanted.reference);
    BamPlace place = BamPlace::unpack(descriptor.where);
    std::vector<ReadsPiece> pieces;
    for (const BamPiece& one : place.pieces) pieces.push_back({{one.piece}, one.contig, one.name});
    NextRegion next_region = regions_of(std::move(place.regions), place.pieces, options_.by.window);
    const auto next_batch = [this] {
        const Stopwatch batch_stopwatch(seconds_reading_);
        return reader_->next_batch();
    };
    const auto reference_bases = [this, all = place.pieces] {
        const Stopwatch bases_stopwatch(seconds_reading_);
        std::vector<char> bases;
        for (const BamPiece& one : all) {
            const std::string of_piece = reference_->bases(one.sequence, {one.piece.start, one.piece.end()});
            bases.insert(bases.end(), of_piece.begin(), of_piece.end());
        }
        return bases;
    };
    reader_->start(std::move(place));
    return {descriptor.block.core, std::move(pieces), next_batch, std::move(next_region), reference_bases};
}

} // namespace swather
