// SPDX-License-Identifier: MIT
#include "sources/bam_catalog.hpp"

#include "base/error.hpp"
#include "base/memory.hpp"
#include "base/stop.hpp"
#include "sources/bam_index.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"
#include "sources/reads_file.hpp"
#include "sources/reference.hpp"

#include <algorithm>
#include <unordered_map>

namespace swather {

namespace {

/// What htslib asks where it parses a region: the contig of this name, or -1.
int contig_of_name(void* header, const char* name)
{
    const auto contig = static_cast<const BamHeader*>(header)->find(name);
    return contig ? static_cast<int>(*contig) : -1;
}

} // namespace

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
        throw Error(Exit::bad_data, "'{}' is sorted by read name, not by position (@HD SO:queryname)", path_)
            .remedy("sort and index it: samtools sort -o sorted.bam '{}' && samtools index sorted.bam",
                    path_);
}

BamCatalog::~BamCatalog() = default;

void BamCatalog::lay_out(const std::vector<std::string>& regions, const RegionOptions& by,
                         const Reference* reference)
{
    lay_segments(regions, by);
    if (is_cram(path_) && !reference)
        throw Error(Exit::usage, "'{}' is CRAM, and the reference that it was made with is not given", path_)
            .remedy("give it: --reference REF.fa, with its .fai beside it");
    if (reference) look_up_sequences(*reference);
    // The header goes before the index comes: of millions of contigs, each takes its megabytes.
    header_.reset();
    give_back_memory();
    file_->open_index(contigs_);
}

void BamCatalog::lay_segments(const std::vector<std::string>& regions, const RegionOptions& by)
{
    const BamHeader& header = *header_;
    Bed bed;
    if (!by.bed.empty()) bed = read_bed(by.bed, header, by.skip_unknown);
    const auto reserve = [&](Index segments) {
        axis_->reserve(segments);
        contig_of_segment_.reserve(static_cast<std::size_t>(segments));
    };
    if (by.only) {
        const std::vector<BedRegion> intervals = unite(bed);
        reserve(std::ssize(intervals));
        for (const BedRegion& one : intervals) append_segment(one.place, one.start, one.end);
    } else if (regions.empty()) {
        reserve(contigs_);
        for (Index contig = 0; contig < contigs_; ++contig) append_segment(contig, 0, header.length(contig));
    } else {
        reserve(std::ssize(regions));
        for (const std::string& region : regions) append_region(region);
        keep_inside(bed, *axis_, contig_of_segment_);
    }
    regions_ = by.window > 0 ? RegionCatalog(by.window) : RegionCatalog(std::move(bed), *axis_);
}

void BamCatalog::look_up_sequences(const Reference& reference)
{
    const BamHeader& header = *header_;
    const auto sequence_of = [&](Index contig) {
        return reference.number_of(header.name(contig), header.length(contig));
    };
    // What a CRAM does not find there, htslib would look for elsewhere.
    if (is_cram(path_))
        for (Index contig = 0; contig < contigs_; ++contig) sequence_of(contig);
    std::unordered_map<std::int32_t, std::int32_t> checked;
    for (const std::int32_t contig : contig_of_segment_) {
        const auto [place, is_new] = checked.try_emplace(contig, 0);
        if (is_new) {
            throw_if_stopped();
            place->second = sequence_of(contig);
            reference.check_digest(place->second, header.digest(contig));
        }
        sequence_of_segment_.push_back(place->second);
    }
}

void BamCatalog::append_segment(Index contig, Index start, Index end)
{
    axis_->append(header_->name(contig), start, end, header_->length(contig));
    contig_of_segment_.push_back(static_cast<std::int32_t>(contig));
}

void BamCatalog::append_region(const std::string& region)
{
    BamHeader& header = *header_;
    int tid = -2;
    hts_pos_t begin = 0;
    hts_pos_t end = 0;
    const char* rest = region.empty()
                           ? nullptr
                           : hts_parse_region(region.c_str(), &tid, &begin, &end, contig_of_name, &header, 0);
    if (tid == -1)
        throw Error(Exit::usage, "--region '{}': '{}' has no such contig", region, path_)
            .remedy("its contigs are {}", first_contigs(header));
    if (!rest || *rest != '\0' || tid < 0 || begin >= end)
        throw Error(Exit::usage, "--region '{}' is no region", region)
            .remedy("write CONTIG, CONTIG:FIRST-LAST (1-based, both included), or {{CONTIG}}:FIRST-LAST "
                    "where the name has colons");

    begin = std::max<hts_pos_t>(begin, 0); // "chr1:-100" gives -1
    const Index length = header.length(tid);
    if (begin >= length && !(begin == 0 && end == HTS_POS_MAX))
        throw Error(Exit::usage, "--region '{}' lies outside of its contig, which has {} positions", region,
                    length)
            .remedy("the last position of {} is {}", header.name(tid), length);
    append_segment(tid, begin, std::min<Index>(end, length));
}

Descriptor BamCatalog::describe(const Block& block) const
{
    BamPlace place;
    place.contigs = contigs_;
    std::vector<BgzfRange> ranges;
    for (const Piece& piece : axis_->pieces(block.core)) {
        const auto segment = static_cast<std::size_t>(piece.segment);
        place.pieces.push_back({.piece = piece,
                                .contig = contig_of_segment_[segment],
                                .name = std::string(axis_->segments()[segment].contig)});
        if (!sequence_of_segment_.empty()) place.pieces.back().sequence = sequence_of_segment_[segment];
        file_->append_ranges(place.pieces.back().contig, std::max<Index>(piece.start - wanted_.margin, 0),
                             piece.end() + wanted_.margin, ranges);
    }
    place.ranges = joined(std::move(ranges));
    place.regions = regions_.pack(place.pieces, *axis_);

    Descriptor descriptor{.block = block, .where = {}};
    for (const BgzfRange& range : place.ranges) descriptor.block.cost += range.compressed();
    descriptor.where = place.pack();
    return descriptor;
}

} // namespace swather
