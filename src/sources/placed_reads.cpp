// SPDX-License-Identifier: MIT
#include "sources/placed_reads.hpp"

#include "sources/reads_errors.hpp"

#include <htslib/khash.h>

#include <algorithm>

namespace swather {

namespace {

/// The bit of htslib's hash of a name by which mpileup takes the bases of one or the other mate.
bool has_odd_hash(std::string_view name)
{
    return (__ac_Wang_hash(__ac_X31_hash_string(std::string(name).c_str())) & 1) != 0;
}

} // namespace

PlacedReads::PlacedReads(std::string path, const ReadOptions& options)
    : path_(std::move(path))
    , options_(options)
{
    if (options.is_realigned) realigner_.emplace(options.reference);
}

void PlacedReads::start(const BamPlace& place)
{
    clear();
    contigs_ = place.contigs;
    pieces_ = place.pieces;
    std::sort(pieces_.begin(), pieces_.end(), [](const BamPiece& a, const BamPiece& b) {
        return std::pair(a.contig, a.piece.start) < std::pair(b.contig, b.piece.start);
    });
    first_piece_ = 0;
}

void PlacedReads::begin_range(Index contig)
{
    first_contig_ = contig;
    position_ = -1;
}

void PlacedReads::clear()
{
    count_ = 0;
    realigned_.clear();
}

bool PlacedReads::have_place_for(const BamRecord& record) const
{
    return std::ranges::any_of(pieces_, [&](const BamPiece& p) {
        return p.contig == record.contig && record.start < p.piece.end() && record.end > p.piece.start;
    });
}

/// Throws where a record of the range does not belong there.
void PlacedReads::check_order(const BamRecord& record, std::uint64_t byte) const
{
    if (record.contig >= contigs_) throw damaged_reads(path_, byte);
    if (position_ < 0 && record.contig != first_contig_)
        throw foreign_ranges(path_, byte, "begin reads of another contig");
    if (position_ >= 0 && record.contig >= 0 &&
        std::pair(record.contig, record.start) < std::pair(contig_, position_))
        throw Error(Exit::bad_data,
                    "'{}' is not sorted by position: near byte {}, position {} of contig number {} follows "
                    "position {} of contig number {}",
                    path_, byte, record.start + 1, record.contig + 1, position_ + 1, contig_ + 1)
            .remedy("sort and index it: samtools sort -o sorted.bam '{}' && samtools index sorted.bam",
                    path_);
}

Read& PlacedReads::new_read()
{
    if (count_ == reads_.size()) reads_.emplace_back();
    return reads_[count_++];
}

/// Makes a new read the record on a piece: sets all that these options ask for.
void PlacedReads::place(const BamRecord& record, const Piece& piece, Read& read) const
{
    read.start = piece.cell(record.start);
    read.end = piece.cell(record.end);
    read.clip = piece.cells;
    read.flag = record.flag;
    read.mapq = record.mapq;
    read.base_count = record.base_count;
    read.cigar = record.cigar;
    read.qualities = record.qualities;
    if (options_.names) {
        read.name = record.name();
        read.template_length = record.template_length;
        // mpileup takes the position of a mate on no contig for one on this.
        const bool is_here =
            record.mate_contig == record.contig || (options_.bases && record.mate_contig < 0);
        read.mate_start.reset();
        if (is_here && record.mate_start >= 0) read.mate_start = piece.cell(record.mate_start);
    }
    if (options_.read_groups) read.read_group = record.read_group();
    if (options_.bases) {
        read.mate_elsewhere = record.mate_contig >= 0 && record.mate_contig != record.contig;
        read.bases = record.bases;
        read.keeps_bases = has_odd_hash(read.name);
    }
}

/// Lowers the qualities of a record, which is placed on the piece at hand and others of its contig.
void PlacedReads::realign(const BamRecord& record, std::span<Read> reads)
{
    if (!options_.is_realigned(reads.front())) return;
    const auto qualities = realigner_->qualities_of(record, pieces_[first_piece_].sequence);
    realigned_.emplace_back(qualities.begin(), qualities.end());
    for (Read& read : reads) read.qualities = realigned_.back();
}

bool PlacedReads::add(const BamRecord& record, std::uint64_t byte)
{
    check_order(record, byte);
    contig_ = record.contig;
    position_ = record.start;
    if (contig_ < 0) return false; // unplaced reads are the last of the file

    const auto ends_before = [&](const BamPiece& p) {
        return p.contig < contig_ || (p.contig == contig_ && p.piece.end() + options_.margin <= position_);
    };
    while (first_piece_ < pieces_.size() && ends_before(pieces_[first_piece_])) ++first_piece_;
    const std::size_t before = count_;
    for (std::size_t i = first_piece_; i < pieces_.size(); ++i) {
        const auto& [piece, contig_of_piece, sequence, name] = pieces_[i];
        if (contig_of_piece > contig_ || piece.start - options_.margin >= record.end) break;
        if (!ends_before(pieces_[i])) place(record, piece, new_read());
    }
    if (realigner_ && count_ > before) realign(record, std::span(reads_).first(count_).subspan(before));
    return first_piece_ < pieces_.size();
}

} // namespace swather
