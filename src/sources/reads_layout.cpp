// SPDX-License-Identifier: MIT
#include "sources/reads_layout.hpp"

#include "base/error.hpp"
#include "base/stop.hpp"
#include "sources/bam_header.hpp"
#include "sources/hts.hpp"
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

/// Lays segments end to end, one after the other.
class Builder {
public:
    Builder(BamHeader& header, const std::string& path)
        : header_(header)
        , path_(path)
    {
    }

    void lay_segments(const std::vector<std::string>& regions, const RegionOptions& by);
    void look_up_sequences(const Reference& reference);
    [[nodiscard]] ReadsLayout take() &&
    {
        const Index region_count = regions_.size(*axis_);
        const std::uint64_t hash_of_regions = regions_.hash(*axis_);
        return {axis_,
                std::move(contig_of_segment_),
                std::move(sequence_of_segment_),
                std::move(regions_),
                region_count,
                hash_of_regions};
    }

private:
    void append_segment(Index contig, Index start, Index end);
    void append_region(const std::string& region);

    BamHeader& header_;
    const std::string& path_;
    std::shared_ptr<ConcatAxis> axis_ = std::make_shared<ConcatAxis>();
    std::vector<std::int32_t> contig_of_segment_;
    std::vector<std::int32_t> sequence_of_segment_;
    RegionCatalog regions_;
};

void Builder::lay_segments(const std::vector<std::string>& regions, const RegionOptions& by)
{
    Bed bed;
    if (!by.bed.empty()) bed = read_bed(by.bed, header_, by.skip_unknown);
    const auto reserve = [&](Index segments, Index characters = 0) {
        axis_->reserve(segments, characters);
        contig_of_segment_.reserve(static_cast<std::size_t>(segments));
    };
    if (by.only) {
        const std::vector<BedRegion> intervals = unite(bed);
        reserve(std::ssize(intervals));
        for (const BedRegion& one : intervals) append_segment(one.place, one.start, one.end);
    } else if (regions.empty()) {
        reserve(header_.contigs(), header_.characters());
        for (Index contig = 0; contig < header_.contigs(); ++contig)
            append_segment(contig, 0, header_.length(contig));
    } else {
        reserve(std::ssize(regions));
        for (const std::string& region : regions) append_region(region);
        keep_inside(bed, *axis_, contig_of_segment_);
    }
    regions_ = by.window > 0 ? RegionCatalog(by.window) : RegionCatalog(std::move(bed), *axis_);
}

void Builder::look_up_sequences(const Reference& reference)
{
    const auto sequence_of = [&](Index contig) {
        return reference.number_of(header_.name(contig), header_.length(contig));
    };
    // What a CRAM does not find there, htslib would look for elsewhere.
    if (is_cram(path_))
        for (Index contig = 0; contig < header_.contigs(); ++contig) sequence_of(contig);
    std::unordered_map<std::int32_t, std::int32_t> checked;
    for (const std::int32_t contig : contig_of_segment_) {
        const auto [place, is_new] = checked.try_emplace(contig, 0);
        if (is_new) {
            throw_if_stopped();
            place->second = sequence_of(contig);
            reference.check_digest(place->second, header_.digest(contig));
        }
        sequence_of_segment_.push_back(place->second);
    }
}

void Builder::append_segment(Index contig, Index start, Index end)
{
    axis_->append(header_.name(contig), start, end, header_.length(contig));
    contig_of_segment_.push_back(static_cast<std::int32_t>(contig));
}

void Builder::append_region(const std::string& region)
{
    int tid = -2;
    hts_pos_t begin = 0;
    hts_pos_t end = 0;
    const char* rest =
        region.empty() ? nullptr
                       : hts_parse_region(region.c_str(), &tid, &begin, &end, contig_of_name, &header_, 0);
    if (tid == -1)
        throw Error(Exit::usage, "--region '{}': '{}' has no such contig", region, path_)
            .remedy("its contigs are {}", first_contigs(header_));
    if (!rest || *rest != '\0' || tid < 0 || begin >= end)
        throw Error(Exit::usage, "--region '{}' is no region", region)
            .remedy("write CONTIG, CONTIG:FIRST-LAST (1-based, both included), or {{CONTIG}}:FIRST-LAST "
                    "where the name has colons");

    begin = std::max<hts_pos_t>(begin, 0); // "chr1:-100" gives -1
    const Index length = header_.length(tid);
    if (begin >= length && !(begin == 0 && end == HTS_POS_MAX))
        throw Error(Exit::usage, "--region '{}' lies outside of its contig, which has {} positions", region,
                    length)
            .remedy("the last position of {} is {}", header_.name(tid), length);
    append_segment(tid, begin, std::min<Index>(end, length));
}

} // namespace

ReadsLayout lay_out(BamHeader& header, const std::string& path, const std::vector<std::string>& regions,
                    const RegionOptions& by, const Reference* reference)
{
    Builder builder(header, path);
    builder.lay_segments(regions, by);
    if (is_cram(path) && !reference)
        throw Error(Exit::usage, "'{}' is CRAM, and the reference that it was made with is not given", path)
            .remedy("give it: --reference REF.fa, with its .fai beside it");
    if (reference) builder.look_up_sequences(*reference);
    return std::move(builder).take();
}

} // namespace swather
