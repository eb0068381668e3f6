// SPDX-License-Identifier: MIT
#include "sources/bam_reader.hpp"

#include "base/error.hpp"
#include "sources/hts.hpp"

#include <algorithm>
#include <cerrno>

namespace swather {

namespace {

// A batch ends here: large enough that a call for each costs nothing, small enough to stay in the cache.
constexpr std::size_t batch_reads = 2048;
constexpr std::size_t batch_bytes = 256 << 10;

static_assert(sizeof(Cigar) == sizeof(std::uint32_t));

} // namespace

/// Reads of one batch. Runs and qualities are kept in two arenas, whose addresses are only known when all are
/// in.
class Batch {
public:
    void clear()
    {
        reads_.clear();
        cigar_.clear();
        qualities_.clear();
    }

    [[nodiscard]] bool full() const
    {
        return reads_.size() >= batch_reads ||
               cigar_.size() * sizeof(Cigar) + qualities_.size() >= batch_bytes;
    }

    /// Keeps runs and qualities of a record for the `place` calls that follow.
    void keep(const bam1_t& record, bool with_qualities)
    {
        const auto* runs = bam_get_cigar(&record);
        cigar_begin_ = cigar_.size();
        for (std::uint32_t i = 0; i < record.core.n_cigar; ++i) cigar_.push_back({runs[i]});

        qualities_begin_ = qualities_.size();
        const std::uint8_t* first = bam_get_qual(&record);
        const auto count = static_cast<std::size_t>(record.core.l_qseq);
        // 0xff in the first byte is BAM's way to say that there are no qualities.
        if (with_qualities && count > 0 && *first != 0xff)
            qualities_.insert(qualities_.end(), first, first + count);
    }

    /// Adds the kept record, as it lies on a piece.
    void place(const bam1_t& record, const Piece& piece)
    {
        reads_.push_back({.start = piece.cell(record.core.pos),
                          .clip = piece.cells,
                          .flag = record.core.flag,
                          .mapq = record.core.qual,
                          .cigar = {},
                          .qualities = {}});
        extents_.resize(reads_.size());
        extents_.back() = {cigar_begin_, cigar_.size(), qualities_begin_, qualities_.size()};
    }

    std::span<const Read> reads()
    {
        for (std::size_t i = 0; i < reads_.size(); ++i) {
            const auto& e = extents_[i];
            reads_[i].cigar =
                std::span<const Cigar>(cigar_).subspan(e.cigar_begin, e.cigar_end - e.cigar_begin);
            reads_[i].qualities = std::span<const std::uint8_t>(qualities_)
                                      .subspan(e.qualities_begin, e.qualities_end - e.qualities_begin);
        }
        return reads_;
    }

private:
    struct Extent {
        std::size_t cigar_begin, cigar_end, qualities_begin, qualities_end;
    };

    std::vector<Read> reads_;
    std::vector<Extent> extents_;
    std::vector<Cigar> cigar_;
    std::vector<std::uint8_t> qualities_;
    std::size_t cigar_begin_ = 0;
    std::size_t qualities_begin_ = 0;
};

struct BamReader::State {
    std::string path;
    bool with_qualities = false;
    HtsBgzf file;
    HtsRecord record;
    Batch batch;

    Index contigs = 0;            // of the BAM
    std::vector<BamPiece> pieces; // sorted by contig and start: the order in which the file passes them
    std::size_t first_piece = 0;  // those before it end before the record at hand
    std::vector<BgzfRange> ranges;
    std::size_t next_range = 0;
    BgzfRange range; // the one at hand
    bool in_range = false;
    Index contig = 0; // of the last record of the range, to see that the file is sorted
    Index position = 0;

    [[nodiscard]] std::uint64_t address() const
    {
        return static_cast<std::uint64_t>(bgzf_tell(file.get())) >> 16;
    }

    [[nodiscard]] Error damaged() const
    {
        return Error(Exit::bad_data, "'{}' is truncated or corrupt near byte {}", path, address())
            .remedy("check it with 'samtools quickcheck -v', copy or make it again; if it is good, its index "
                    "is another BAM's: samtools index '{}'",
                    path);
    }

    [[nodiscard]] Error foreign_index(std::string_view finding) const
    {
        return Error(Exit::bad_data, "the index of '{}' belongs to another BAM: near byte {} {}", path,
                     address(), finding)
            .remedy("make it again: samtools index '{}'", path);
    }

    bool open_next_range();
    void check_range_end();
    bool read_record();
    bool take_record();
};

BamReader::BamReader(const std::string& path, bool with_qualities)
    : state_(std::make_unique<State>())
{
    errno = 0;
    state_->file.reset(bgzf_open(path.c_str(), "r"));
    if (!state_->file) throw system_error(Exit::cannot_read, errno, "open", path);
    state_->path = path;
    state_->with_qualities = with_qualities;
    state_->record.reset(bam_init1());
}

BamReader::~BamReader() = default;

void BamReader::start(BamPlace place)
{
    state_->contigs = place.contigs;
    state_->pieces = std::move(place.pieces);
    std::sort(state_->pieces.begin(), state_->pieces.end(), [](const BamPiece& a, const BamPiece& b) {
        return std::pair(a.contig, a.piece.start) < std::pair(b.contig, b.piece.start);
    });
    state_->first_piece = 0;
    state_->ranges = std::move(place.ranges);
    state_->next_range = 0;
    state_->in_range = false;
}

bool BamReader::State::open_next_range()
{
    if (next_range == ranges.size()) return false;
    range = ranges[next_range++];
    in_range = true;
    position = -1;
    if (bgzf_seek(file.get(), static_cast<std::int64_t>(range.begin), SEEK_SET) != 0) throw damaged();
    return true;
}

/// Reads one record further than the range: a range of this file's index ends between two records, and the
/// next one is not on a piece of this block.
void BamReader::State::check_range_end()
{
    const std::int64_t here = bgzf_tell(file.get());
    const auto next =
        [&]() -> std::int64_t { // where the record at hand ends; its begin at the end of the file
        const std::int64_t before = bgzf_tell(file.get());
        const int result = bam_read1(file.get(), record.get());
        if (result < -1) throw damaged();
        record->core.tid = result < 0 ? -1 : record->core.tid;
        return result < 0 ? before : bgzf_tell(file.get());
    };
    if (static_cast<std::uint64_t>(here) != range.end) {
        // The end of one BGZF block and the begin of the next are the same place under two addresses.
        if (bgzf_seek(file.get(), static_cast<std::int64_t>(range.end), SEEK_SET) != 0) throw damaged();
        const std::int64_t from_end = next();
        if (bgzf_seek(file.get(), here, SEEK_SET) != 0) throw damaged();
        if (next() != from_end) throw foreign_index("its ranges end within a read");
    } else {
        next();
    }
    const bool in_next_range =
        next_range < ranges.size() && static_cast<std::uint64_t>(here) >= ranges[next_range].begin;
    const bam1_core_t& core = record->core;
    if (core.tid < 0 || in_next_range) return;
    for (const BamPiece& p : pieces)
        if (p.contig == core.tid && core.pos < p.piece.end() && bam_endpos(record.get()) > p.piece.start)
            throw foreign_index("reads follow that it does not know");
}

/// The next record of the range into `record`; false at the end of the range.
bool BamReader::State::read_record()
{
    if (static_cast<std::uint64_t>(bgzf_tell(file.get())) >= range.end) {
        check_range_end();
        return false;
    }
    if (bam_read1(file.get(), record.get()) < 0) throw damaged();
    const bam1_core_t& core = record->core;
    if (core.tid >= contigs) throw damaged();
    if (position < 0 && core.tid != range.contig) throw foreign_index("begin reads of another contig");
    if (position >= 0 && core.tid >= 0 &&
        std::pair<Index, Index>(core.tid, core.pos) < std::pair(contig, position))
        throw Error(Exit::bad_data,
                    "'{}' is not sorted by position: near byte {}, position {} of contig number {} follows "
                    "position {} of contig number {}",
                    path, address(), core.pos + 1, core.tid + 1, position + 1, contig + 1)
            .remedy("sort and index it: samtools sort -o sorted.bam '{}' && samtools index sorted.bam", path);
    contig = core.tid;
    position = core.pos;
    return core.tid >= 0; // unplaced reads are the last of the file
}

/// Places the record on the pieces that it may lie on; false where it and all later ones lie behind the last.
bool BamReader::State::take_record()
{
    const auto ends_before = [&](const BamPiece& p) {
        return p.contig < contig || (p.contig == contig && p.piece.end() <= position);
    };
    while (first_piece < pieces.size() && ends_before(pieces[first_piece])) ++first_piece;
    if (first_piece == pieces.size()) return false;

    bool kept = false;
    const Index end = first_piece + 1 < pieces.size() ? bam_endpos(record.get()) : 0;
    for (std::size_t i = first_piece; i < pieces.size(); ++i) {
        const BamPiece& candidate = pieces[i];
        if (candidate.contig > contig || (i > first_piece && candidate.piece.start >= end)) break;
        if (ends_before(candidate)) continue;
        if (!kept) batch.keep(*record, with_qualities);
        kept = true;
        batch.place(*record, candidate.piece);
    }
    return true;
}

std::span<const Read> BamReader::next_batch()
{
    State& s = *state_;
    s.batch.clear();
    while (!s.batch.full()) {
        if (!s.in_range && !s.open_next_range()) break;
        if (!s.read_record() || !s.take_record()) s.in_range = false;
    }
    return s.batch.reads();
}

} // namespace swather
