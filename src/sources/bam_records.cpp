// SPDX-License-Identifier: MIT
#include "sources/bam_records.hpp"

#include "sources/hts.hpp"
#include "sources/reads_errors.hpp"

#include <htslib/hfile.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace swather {

static_assert(sizeof(Cigar) == sizeof(std::uint32_t) && alignof(Cigar) == 1);

namespace {

/// A record's begin, as it stands in the file.
struct Fixed {
    std::int32_t contig;
    std::int32_t position;
    std::uint8_t name_size; // with the NUL at its end
    std::uint8_t mapq;
    std::uint16_t bin;
    std::uint16_t cigar_size;
    std::uint16_t flag;
    std::int32_t bases;
    std::int32_t mate_contig;
    std::int32_t mate_position;
    std::int32_t template_length;
};
static_assert(sizeof(Fixed) == 32);

std::span<const Cigar> runs_at(const std::byte* place, std::size_t count)
{
    return {reinterpret_cast<const Cigar*>(place), count};
}

/// A CIGAR of more than 65,535 runs is in the tag CG, behind one that only says how long the read is.
bool is_placeholder(std::span<const Cigar> cigar, const Fixed& fixed)
{
    return !cigar.empty() && fixed.contig >= 0 && fixed.position >= 0 &&
           cigar.front().operation() == CigarOperation::soft_clip && cigar.front().length() == fixed.bases;
}

/// The value of a tag, behind its type; null where there is none (errno ENOENT) or the tags are damaged.
const std::uint8_t* find_tag(std::span<const std::byte> tags, const char* name)
{
    // A record of nothing but tags, for htslib to search.
    bam1_t record{};
    record.data = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(tags.data()));
    record.l_data = static_cast<int>(tags.size());
    errno = 0;
    return bam_aux_get(&record, name);
}

/// The runs in the tag CG, where there is one; none where the tags are damaged.
std::optional<std::span<const Cigar>> true_cigar(std::span<const Cigar> placeholder,
                                                 std::span<const std::byte> tags)
{
    const std::uint8_t* tag = find_tag(tags, "CG");
    if (!tag) return errno == ENOENT ? std::optional(placeholder) : std::nullopt;
    if (tag[0] != 'B' || (tag[1] != 'I' && tag[1] != 'i')) return placeholder;
    const auto* place = reinterpret_cast<const std::byte*>(tag) + 2;
    std::uint32_t count = 0;
    std::memcpy(&count, place, sizeof count);
    if (count < placeholder.size() || count >= 1U << 29) return placeholder;
    return runs_at(place + sizeof count, count);
}

struct Lengths {
    Index of_reference = 0;
    Index of_read = 0;
};

Lengths lengths_of(std::span<const Cigar> cigar)
{
    Lengths lengths;
    for (const Cigar& run : cigar) {
        const auto consumes = bam_cigar_type(static_cast<std::uint32_t>(run.operation()));
        if (consumes & 1) lengths.of_read += run.length();
        if (consumes & 2) lengths.of_reference += run.length();
    }
    return lengths;
}

} // namespace

std::string_view BamRecord::name() const
{
    const std::string_view name(reinterpret_cast<const char*>(name_bytes.data()), name_bytes.size());
    return name.substr(0, name.find('\0'));
}

std::string_view BamRecord::read_group() const
{
    const std::uint8_t* tag = find_tag(tags, "RG");
    return tag && *tag == 'Z' ? reinterpret_cast<const char*>(tag) + 1 : std::string_view();
}

bool BamRecord::parse(std::span<const std::byte> bytes, BamRecord& record)
{
    Fixed fixed{};
    if (bytes.size() < sizeof fixed) return false;
    std::memcpy(&fixed, bytes.data(), sizeof fixed);
    if (fixed.name_size < 1 || fixed.bases < 0) return false;

    const auto bases = static_cast<std::size_t>(fixed.bases);
    const std::size_t cigar_begin = sizeof fixed + fixed.name_size;
    const std::size_t bases_begin = cigar_begin + fixed.cigar_size * sizeof(Cigar);
    const std::size_t qualities_begin = bases_begin + (bases + 1) / 2;
    if (qualities_begin + bases > bytes.size()) return false;

    record.contig = fixed.contig;
    record.start = fixed.position;
    record.flag = fixed.flag;
    record.mapq = fixed.mapq;
    record.mate_contig = fixed.mate_contig;
    record.mate_start = fixed.mate_position;
    record.template_length = fixed.template_length;
    record.base_count = fixed.bases;
    record.cigar = runs_at(bytes.data() + cigar_begin, fixed.cigar_size);
    record.bases = bytes.subspan(bases_begin, qualities_begin - bases_begin);
    record.name_bytes = bytes.subspan(sizeof fixed, fixed.name_size);
    record.tags = bytes.subspan(qualities_begin + bases);
    if (is_placeholder(record.cigar, fixed)) {
        const auto cigar = true_cigar(record.cigar, record.tags);
        if (!cigar) return false;
        record.cigar = *cigar;
    }
    const auto* first_quality = reinterpret_cast<const std::uint8_t*>(bytes.data() + qualities_begin);
    const bool has_qualities = bases > 0 && *first_quality != 0xff; // BAM's way to say that there are none
    record.qualities = {first_quality, has_qualities ? bases : 0};

    const Lengths lengths = lengths_of(record.cigar);
    const bool is_mapped = (fixed.flag & BAM_FUNMAP) == 0;
    if (is_mapped && !record.cigar.empty() && bases > 0 && lengths.of_read != fixed.bases) return false;
    record.end = record.start + (is_mapped ? std::max<Index>(lengths.of_reference, 1) : 1);
    return true;
}

struct BamRecords::File {
    HtsBgzf handle;

    [[nodiscard]] BGZF& operator*() const { return *handle; }
    [[nodiscard]] BGZF* operator->() const { return handle.get(); }
};

BamRecords::BamRecords(const std::string& path)
    : path_(path)
    , file_(std::make_unique<File>())
{
    errno = 0;
    file_->handle.reset(bgzf_open(path.c_str(), "r"));
    if (!file_->handle) throw system_error(Exit::cannot_read, errno, "open", path);
}

BamRecords::~BamRecords() = default;

/// Goes on from where htslib is. It does not see the offset that grows from record to record: append() tells
/// it, and what else asks it anything has left the block, or seeks.
void BamRecords::look_at_block()
{
    const BGZF& file = **file_;
    block_address_ = static_cast<std::uint64_t>(file.block_address);
    block_ = {static_cast<const std::byte*>(file.uncompressed_block),
              static_cast<std::size_t>(file.block_length)};
    offset_ = static_cast<std::size_t>(file.block_offset);
}

/// Behind the last byte of a block, the next place is the begin of the next block, as bgzf_read has it.
void BamRecords::leave_block()
{
    BGZF& file = **file_;
    file.block_address = htell(file.fp);
    file.block_offset = file.block_length = 0;
    look_at_block();
}

void BamRecords::seek(std::uint64_t offset)
{
    if (bgzf_seek(&**file_, static_cast<std::int64_t>(offset), SEEK_SET) != 0) throw damaged();
    look_at_block();
}

/// Inflates the block of the next record, behind empty ones; false at the end of the file.
bool BamRecords::read_block()
{
    BGZF& file = **file_;
    do {
        if (bgzf_read_block(&file) != 0 || file.block_offset > file.block_length) throw damaged();
        if (file.block_length == 0) return false;
        look_at_block();
        if (bytes_left() == 0) leave_block();
    } while (block_.empty());
    return true;
}

/// Appends so many bytes, over the ends of blocks; returns how many there were.
std::size_t BamRecords::append(std::size_t bytes, std::vector<std::byte>& to)
{
    // A damaged size must not take memory before the bytes are there.
    constexpr std::size_t part = 1 << 20;
    BGZF& file = **file_;
    file.block_offset = static_cast<int>(offset_);
    const std::size_t before = to.size();
    for (std::size_t missing = bytes; missing > 0;) {
        const std::size_t begin = to.size();
        to.resize(begin + std::min(missing, part));
        const auto read = bgzf_read(&file, to.data() + begin, to.size() - begin);
        to.resize(begin + static_cast<std::size_t>(std::max<decltype(read)>(read, 0)));
        if (read <= 0) break;
        missing -= static_cast<std::size_t>(read);
    }
    look_at_block();
    return to.size() - before;
}

bool BamRecords::next_over_blocks(BamRecord& record)
{
    if (block_.empty() && !read_block()) return false;
    if (!at_block_end()) {
        take(record);
        return true;
    }
    torn_.clear();
    if (append(sizeof(std::uint32_t), torn_) != sizeof(std::uint32_t)) throw damaged();
    const std::size_t size = size_at(torn_.data());
    torn_.clear();
    if (append(size, torn_) != size) throw damaged();
    if (!BamRecord::parse(torn_, record)) throw damaged();
    return true;
}

Error BamRecords::damaged() const { return damaged_reads(path_, tell() >> 16); }

} // namespace swather
