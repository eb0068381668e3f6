// SPDX-License-Identifier: MIT
#include "sources/bam_reader.hpp"

#include "base/error.hpp"
#include "sources/bam_records.hpp"
#include "sources/realigner.hpp"

#include <htslib/khash.h>

#include <algorithm>
#include <deque>

namespace swather {

namespace {

/// The bit of htslib's hash of a name by which mpileup takes the bases of one or the other mate.
bool has_odd_hash(std::string_view name)
{
    return (__ac_Wang_hash(__ac_X31_hash_string(std::string(name).c_str())) & 1) != 0;
}

} // namespace

struct BamReader::State {
    State(const std::string& file, const ReadOptions& wanted)
        : path(file)
        , options(wanted)
        , records(file)
    {
        if (!options.reference.empty()) realigner.emplace(options.reference);
    }

    std::string path;
    ReadOptions options;
    BamRecords records;
    std::vector<Read> batch;
    std::optional<Realigner> realigner;
    std::deque<std::vector<std::uint8_t>> realigned; // qualities of the batch

    Index contigs = 0;            // of the BAM
    std::vector<BamPiece> pieces; // sorted by contig and start: the order in which the file passes them
    std::size_t first_piece = 0;  // those before it end before the record at hand
    std::vector<BgzfRange> ranges;
    std::size_t next_range = 0;
    BgzfRange range; // the one at hand
    bool in_range = false;
    Index contig = 0; // of the last record of the range, to see that the file is sorted
    Index position = 0;

    [[nodiscard]] Error foreign_index(std::string_view finding) const
    {
        return Error(Exit::bad_data, "the index of '{}' belongs to another BAM: near byte {} {}", path,
                     records.tell() >> 16, finding)
            .remedy("make it again: samtools index '{}'", path);
    }

    bool open_next_range();
    void check_range_end();
    void check_order(const BamRecord& record) const;
    [[nodiscard]] Read place(const BamRecord& record, const Piece& piece) const;
    void realign(const BamRecord& record, std::span<Read> reads);
    bool take_record();
    void take_block();
};

BamReader::BamReader(const std::string& path, const ReadOptions& options)
    : state_(std::make_unique<State>(path, options))
{
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
    records.seek(range.begin);
    return true;
}

/// Reads one record further than the range: a range of this file's index ends between two records, and the
/// next one is not on a piece of this block.
void BamReader::State::check_range_end()
{
    const std::uint64_t here = records.tell();
    std::optional<BamRecord> next;
    const auto behind_next = [&] { // where the record at hand ends; its begin at the end of the file
        const std::uint64_t before = records.tell();
        next = records.next();
        return next ? records.tell() : before;
    };
    if (here != range.end) {
        // The end of one BGZF block and the begin of the next are the same place under two addresses.
        records.seek(range.end);
        const std::uint64_t from_end = behind_next();
        records.seek(here);
        if (behind_next() != from_end) throw foreign_index("its ranges end within a read");
    } else {
        behind_next();
    }
    const bool in_next_range = next_range < ranges.size() && here >= ranges[next_range].begin;
    if (!next || next->contig < 0 || in_next_range) return;
    for (const BamPiece& p : pieces)
        if (p.contig == next->contig && next->start < p.piece.end() && next->end > p.piece.start)
            throw foreign_index("reads follow that it does not know");
}

/// Throws where a record of the range does not belong there.
void BamReader::State::check_order(const BamRecord& record) const
{
    if (record.contig >= contigs) throw records.damaged();
    if (position < 0 && record.contig != range.contig) throw foreign_index("begin reads of another contig");
    if (position >= 0 && record.contig >= 0 &&
        std::pair(record.contig, record.start) < std::pair(contig, position))
        throw Error(Exit::bad_data,
                    "'{}' is not sorted by position: near byte {}, position {} of contig number {} follows "
                    "position {} of contig number {}",
                    path, records.tell() >> 16, record.start + 1, record.contig + 1, position + 1, contig + 1)
            .remedy("sort and index it: samtools sort -o sorted.bam '{}' && samtools index sorted.bam", path);
}

/// The record as a read on a piece.
Read BamReader::State::place(const BamRecord& record, const Piece& piece) const
{
    Read read{.start = piece.cell(record.start),
              .end = piece.cell(record.end),
              .clip = piece.cells,
              .flag = record.flag,
              .mapq = record.mapq,
              .base_count = record.base_count,
              .cigar = record.cigar,
              .qualities = record.qualities};
    if (options.names) {
        read.name = record.name();
        if (record.mate_contig == record.contig && record.mate_start >= 0)
            read.mate_start = piece.cell(record.mate_start);
    }
    if (options.read_groups) read.read_group = record.read_group();
    if (options.bases) {
        read.mate_elsewhere = record.mate_contig >= 0 && record.mate_contig != record.contig;
        read.template_length = record.template_length;
        read.bases = record.bases;
        read.keeps_bases = has_odd_hash(read.name);
    }
    return read;
}

/// Lowers the qualities of a record, which is placed on the piece at hand and others of its contig.
void BamReader::State::realign(const BamRecord& record, std::span<Read> reads)
{
    if (!options.is_realigned(reads.front())) return;
    const auto qualities = realigner->qualities_of(record, pieces[first_piece].sequence);
    realigned.emplace_back(qualities.begin(), qualities.end());
    for (Read& read : reads) read.qualities = realigned.back();
}

/// Places the next record on the pieces that it may lie on; false where it and all later ones lie behind the
/// last.
bool BamReader::State::take_record()
{
    const auto record = records.next();
    if (!record) throw records.damaged();
    check_order(*record);
    contig = record->contig;
    position = record->start;
    if (contig < 0) return false; // unplaced reads are the last of the file

    const auto ends_before = [&](const BamPiece& p) {
        return p.contig < contig || (p.contig == contig && p.piece.end() + options.margin <= position);
    };
    while (first_piece < pieces.size() && ends_before(pieces[first_piece])) ++first_piece;
    const std::size_t before = batch.size();
    for (std::size_t i = first_piece; i < pieces.size(); ++i) {
        const auto& [piece, contig_of_piece, sequence] = pieces[i];
        if (contig_of_piece > contig || piece.start - options.margin >= record->end) break;
        if (!ends_before(pieces[i])) batch.push_back(place(*record, piece));
    }
    if (realigner && batch.size() > before) realign(*record, std::span(batch).subspan(before));
    return first_piece < pieces.size();
}

/// Takes the records that end in one inflated block: the next one overwrites what the batch points to.
void BamReader::State::take_block()
{
    do {
        if (!take_record()) in_range = false;
    } while (in_range && records.tell() < range.end && !records.at_block_end());
}

std::span<const Read> BamReader::next_batch()
{
    State& s = *state_;
    s.batch.clear();
    s.realigned.clear();
    while (s.batch.empty()) {
        if (s.in_range && s.records.tell() >= s.range.end) {
            s.check_range_end();
            s.in_range = false;
        }
        if (!s.in_range && !s.open_next_range()) break;
        if (s.records.tell() < s.range.end) s.take_block();
    }
    return s.batch;
}

} // namespace swather
