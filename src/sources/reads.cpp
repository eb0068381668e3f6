// SPDX-License-Identifier: MIT
#include "sources/reads.hpp"

#include "base/stopwatch.hpp"

namespace swather {

void Reads::survey() { catalog_.emplace(options_.path, options_.regions); }

double Reads::weight() const
{
    if (options_.regions.empty()) return catalog_->file_size();
    const Box all{0, domain().size()};
    return describe({.id = 0, .core = all, .reach = all}).block.cost;
}

std::vector<Identity> Reads::identity() const
{
    // The index is small: all of it is hashed, so that one of another BAM is seen.
    return {identify(options_.path, options_.hash_whole), identify(catalog_->index_path(), true)};
}

double Reads::memory() const
{
    // A batch, htslib's two BGZF blocks, and room for a long read with all its tags.
    return 4 << 20;
}

Reads::View Reads::read(const Descriptor& descriptor)
{
    const Stopwatch stopwatch(seconds_reading_);
    if (!reader_) reader_.emplace(options_.path, options_.with_qualities);
    BamPlace place = BamPlace::unpack(descriptor.where);
    std::vector<Piece> pieces;
    for (const BamPiece& piece : place.pieces) pieces.push_back(piece.piece);
    reader_->start(std::move(place));
    return {descriptor.block.core, std::move(pieces), [this] {
                const Stopwatch batch_stopwatch(seconds_reading_);
                return reader_->next_batch();
            }};
}

} // namespace swather
