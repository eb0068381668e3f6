// SPDX-License-Identifier: MIT
#include "sources/bam_catalog.hpp"

#include "base/error.hpp"
#include "base/memory.hpp"
#include "sources/bam_header.hpp"
#include "sources/bam_index.hpp"
#include "sources/identity.hpp"
#include "sources/reads_file.hpp"

namespace swather {

BamCatalog::BamCatalog(const std::string& path, const ReadOptions& wanted)
    : path_(path)
    , wanted_(wanted)
    , file_(open_reads_file(path))
    , header_(std::make_unique<BamHeader>(file_->read_header(!wanted_.reference.empty())))
    , file_size_(static_cast<double>(size_of_input(path)))
    , samples_(header_->samples())
    , contigs_(header_->contigs())
{
    if (header_->sorted_by_name())
        throw Error(Exit::bad_data, "'{}' is sorted by read name, not by position (@HD SO:queryname)", path)
            .remedy("sort and index it: samtools sort -o sorted.bam '{}' && samtools index sorted.bam", path);
}

BamCatalog::~BamCatalog() = default;

std::uint64_t BamCatalog::hash_of_contigs() const { return header_->hash_of_contigs(); }

std::shared_ptr<const ReadsLayout> BamCatalog::lay_out(const std::vector<std::string>& regions,
                                                       const RegionOptions& by, const Reference* reference)
{
    return std::make_shared<ReadsLayout>(swather::lay_out(*header_, path_, regions, by, reference));
}

void BamCatalog::use(std::shared_ptr<const ReadsLayout> layout)
{
    layout_ = std::move(layout);
    // The header goes before the index comes: of millions of contigs, each takes its megabytes.
    header_.reset();
    give_back_memory();
    file_->open_index(contigs_);
}

Descriptor BamCatalog::describe(const Block& block) const
{
    BamPlace place;
    place.contigs = contigs_;
    std::vector<BgzfRange> ranges;
    for (const Piece& piece : layout_->axis->pieces(block.core)) {
        const auto segment = static_cast<std::size_t>(piece.segment);
        place.pieces.push_back({.piece = piece,
                                .contig = layout_->contig_of_segment[segment],
                                .name = std::string(layout_->axis->segments()[piece.segment].contig)});
        if (!layout_->sequence_of_segment.empty())
            place.pieces.back().sequence = layout_->sequence_of_segment[segment];
        file_->append_ranges(place.pieces.back().contig, std::max<Index>(piece.start - wanted_.margin, 0),
                             piece.end() + wanted_.margin, ranges);
    }
    place.ranges = joined(std::move(ranges));
    place.regions = layout_->regions.pack(place.pieces, *layout_->axis);

    Descriptor descriptor{.block = block, .where = {}};
    for (const BgzfRange& range : place.ranges) descriptor.block.cost += range.compressed();
    descriptor.where = place.pack();
    return descriptor;
}

} // namespace swather
