// SPDX-License-Identifier: MIT
#include "sources/bam_catalog.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "sources/bam_header.hpp"
#include "sources/bam_index.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"
#include "sources/reference.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace swather {

namespace {

HtsFile open_bam(const std::string& path)
{
    check_input(path);
    errno = 0;
    HtsFile file(hts_open(path.c_str(), "r"));
    // htslib opens a file of no known format only to say ENOEXEC.
    if (!file && errno != ENOEXEC && errno != 0) throw system_error(Exit::cannot_read, errno, "open", path);

    const htsFormat* format = file ? hts_get_format(file.get()) : nullptr;
    if (format && format->format == bam && format->compression == bgzf) return file;
    if (format && (format->format == sam || format->format == cram))
        throw Error(Exit::bad_data, "'{}' is {}, not BAM", path, format->format == sam ? "SAM text" : "CRAM")
            .remedy("convert it: samtools view -b -o reads.bam '{}' && samtools index reads.bam", path);
    throw Error(Exit::bad_data, "'{}' is not a BAM file", path);
}

/// The first few contigs, in words.
std::string first_contigs(const BamHeader& header)
{
    const Index count = header.contigs();
    std::string names;
    for (Index contig = 0; contig < std::min<Index>(count, 5); ++contig)
        names += fmt::format("{}{}", contig == 0 ? "" : ", ", header.name(contig));
    return count <= 5 ? names : fmt::format("{} … ({} in all)", names, count);
}

/// What htslib asks where it parses a region: the contig of this name, or -1.
int contig_of_name(void* header, const char* name)
{
    const auto contig = static_cast<const BamHeader*>(header)->find(name);
    return contig ? static_cast<int>(*contig) : -1;
}

} // namespace

std::optional<std::string> index_beside(const std::string& path)
{
    const std::string stem = std::filesystem::path(path).replace_extension().string();
    for (const auto& candidate : {path + ".csi", stem + ".csi", path + ".bai", stem + ".bai"})
        if (std::filesystem::exists(candidate)) return candidate;
    return std::nullopt;
}

struct BamCatalog::Handles {
    HtsFile file;
    std::optional<BamIndex> index;
    std::optional<Reference> reference;
};

BamCatalog::BamCatalog(const std::string& path, const std::vector<std::string>& regions,
                       const ReadOptions& wanted)
    : path_(path)
    , wanted_(wanted)
    , handles_(std::make_unique<Handles>())
{
    handles_->file = open_bam(path);
    if (bgzf_check_EOF(handles_->file->fp.bgzf) == 0)
        throw Error(Exit::bad_data, "'{}' has no end-of-file block: it is truncated", path)
            .remedy("copy or make it again; nothing tells how many reads are missing");
    if (!wanted_.reference.empty()) handles_->reference.emplace(wanted_.reference);
    lay_out(regions);
    handles_->reference.reset();
    give_back_memory(); // of the header
    open_index();
}

BamCatalog::~BamCatalog() = default;

void BamCatalog::close()
{
    handles_.reset();
    contig_of_segment_ = {};
    sequence_of_segment_ = {};
}

void BamCatalog::lay_out(const std::vector<std::string>& regions)
{
    // The header goes before the index comes: of millions of contigs, each takes its megabytes.
    BamHeader header(handles_->file->fp.bgzf, path_);
    if (header.sorted_by_name())
        throw Error(Exit::bad_data, "'{}' is sorted by read name, not by position (@HD SO:queryname)", path_)
            .remedy("sort and index it: samtools sort -o sorted.bam '{}' && samtools index sorted.bam",
                    path_);
    header_end_ = static_cast<std::uint64_t>(bgzf_tell(handles_->file->fp.bgzf));
    contigs_ = header.contigs();
    const Index segments = regions.empty() ? contigs_ : std::ssize(regions);
    axis_.reserve(segments);
    contig_of_segment_.reserve(static_cast<std::size_t>(segments));
    if (regions.empty())
        for (Index contig = 0; contig < contigs_; ++contig)
            append_segment(header, contig, 0, header.length(contig));
    for (const std::string& region : regions) append_region(header, region);
}

void BamCatalog::append_segment(const BamHeader& header, Index contig, Index start, Index end)
{
    axis_.append(header.name(contig), start, end, header.length(contig));
    contig_of_segment_.push_back(static_cast<std::int32_t>(contig));
    if (handles_->reference)
        sequence_of_segment_.push_back(
            handles_->reference->number_of(header.name(contig), header.length(contig)));
}

void BamCatalog::open_index()
{
    file_size_ = static_cast<std::uint64_t>(size_of_input(path_));
    const auto index = index_beside(path_);
    if (!index)
        throw Error(Exit::cannot_read, "'{}' has no index beside it (.bai or .csi)", path_)
            .remedy("make one: samtools index '{}'", path_);
    index_path_ = *index;
    check_input(index_path_);
    if (std::filesystem::last_write_time(index_path_) < std::filesystem::last_write_time(path_))
        spdlog::warn("the index '{}' is older than its BAM: is it of this one?", index_path_);
    const Index in_index = handles_->index.emplace(index_path_, path_).contigs();
    if (in_index != contigs_)
        throw foreign_index(fmt::format("it has {} contigs, '{}' has {}", in_index, path_, contigs_));
    check_index_ends();
}

Error BamCatalog::foreign_index(const std::string& finding) const
{
    return Error(Exit::bad_data, "the index '{}' belongs to another BAM: {}", index_path_, finding)
        .remedy("make it again: samtools index '{}'", path_);
}

Error BamCatalog::points_beyond(std::uint64_t offset) const
{
    return Error(Exit::bad_data,
                 "'{}' is truncated, or its index '{}' belongs to another BAM: the index points to byte {}, "
                 "the file has {}",
                 path_, index_path_, offset >> 16, file_size_)
        .remedy("copy or make the BAM again; if it is good: samtools index '{}'", path_);
}

void BamCatalog::check_index_ends() const
{
    BGZF* file = handles_->file->fp.bgzf;
    const HtsRecord record(bam_init1());
    struct Landing {
        int result;
        std::int64_t behind;
    };
    const auto land = [&](std::uint64_t offset) -> Landing {
        if (bgzf_seek(file, static_cast<std::int64_t>(offset), SEEK_SET) != 0) return {-2, -1};
        const int result = bam_read1(file, record.get());
        return {result, bgzf_tell(file)};
    };
    // The index knows where its first placed read begins and its last one ends: here these are the first
    // record, and the one behind which no placed read follows.
    const auto placed = handles_->index->placed();
    if (placed && (placed->end >> 16) > file_size_) throw points_beyond(placed->end);
    const Landing begin = land(header_end_);
    if (placed && land(placed->begin).behind != begin.behind)
        throw foreign_index("its first read is not where that of '" + path_ + "' is");
    const Landing end = placed ? land(placed->end) : begin;
    if (end.result < -1 || (end.result >= 0 && record->core.tid >= 0))
        throw foreign_index("it ends where '" + path_ + "' goes on");
}

void BamCatalog::append_region(BamHeader& header, const std::string& region)
{
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
    append_segment(header, tid, begin, std::min<Index>(end, length));
}

Descriptor BamCatalog::describe(const Block& block) const
{
    BamPlace place;
    place.contigs = contigs_;
    std::vector<BgzfRange> ranges;
    for (const Piece& piece : axis_.pieces(block.core)) {
        const auto segment = static_cast<std::size_t>(piece.segment);
        place.pieces.push_back({piece, contig_of_segment_[segment]});
        if (!sequence_of_segment_.empty()) place.pieces.back().sequence = sequence_of_segment_[segment];
        handles_->index->append_ranges(place.pieces.back().contig,
                                       std::max<Index>(piece.start - wanted_.margin, 0),
                                       piece.end() + wanted_.margin, ranges);
    }
    place.ranges = joined(std::move(ranges));

    Descriptor descriptor{.block = block, .where = {}};
    for (const BgzfRange& range : place.ranges) {
        if ((range.end >> 16) > file_size_) throw points_beyond(range.end);
        descriptor.block.cost += range.compressed();
    }
    descriptor.where = place.pack();
    return descriptor;
}

} // namespace swather
