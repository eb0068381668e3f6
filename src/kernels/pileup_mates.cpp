// SPDX-License-Identifier: MIT
#include "kernels/pileup_mates.hpp"

#include "kernels/counted_runs.hpp"

namespace swather {

namespace {

constexpr std::uint16_t mate_unmapped = 0x8;

struct Consumes {
    bool read;
    bool reference;
};

Consumes consumes(CigarOperation operation)
{
    switch (operation) {
    case CigarOperation::match:
    case CigarOperation::equal:
    case CigarOperation::difference:
        return {true, true};
    case CigarOperation::deletion:
    case CigarOperation::skip:
        return {false, true};
    case CigarOperation::insertion:
    case CigarOperation::soft_clip:
        return {true, false};
    default:
        return {false, false};
    }
}

/// One past the last position; that of the begin where no base is aligned.
Index end_of(const Read& read)
{
    const bool is_aligned = std::ranges::any_of(
        read.cigar, [](const Cigar& run) { return consumes(run.operation()).reference && run.length() > 0; });
    return is_aligned ? read.end : read.start;
}

bool may_overlap_mate(const Read& read, Index end)
{
    if ((read.flag & mate_unmapped) != 0 || (read.flag & CountRules::proper_pair) == 0 || read.mate_elsewhere)
        return false;
    return std::abs(read.template_length) < 2 * read.base_count || !read.mate_start || *read.mate_start < end;
}

/// Steps over the aligned bases of a read.
class AlignedBases {
public:
    explicit AlignedBases(const Read& read)
        : rest_(read.cigar)
        , cell_(read.start)
    {
    }

    /// Goes to the first aligned base on this cell or behind it; false where there is none.
    bool seek(Index cell)
    {
        for (; !rest_.empty(); rest_ = rest_.subspan(1)) {
            const auto [on_read, on_reference] = consumes(rest_.front().operation());
            const Index length = rest_.front().length();
            if (on_read && on_reference && cell < cell_ + length) {
                offset_ = std::max<Index>(cell - cell_, 0);
                return true;
            }
            if (on_read) base_ += length;
            if (on_reference) cell_ += length;
        }
        return false;
    }

    [[nodiscard]] Index cell() const { return cell_ + offset_; }
    [[nodiscard]] std::size_t base() const { return static_cast<std::size_t>(base_ + offset_); }

private:
    std::span<const Cigar> rest_;
    Index cell_; // where the run at hand begins
    Index base_ = 0;
    Index offset_ = 0; // in the run at hand
};

unsigned base_at(std::span<const std::byte> bases, std::size_t place)
{
    return std::to_integer<unsigned>(bases[place / 2] >> (place % 2 == 0 ? 4 : 0)) & 0xf;
}

/// Leaves one of the bases on a position a quality: of equal ones the first, where `keeps_first`.
void settle(bool are_equal, bool keeps_first, std::uint8_t& first, std::uint8_t& second)
{
    const auto lowered = [](std::uint8_t quality) { return static_cast<std::uint8_t>(0.8 * quality); };
    if (!are_equal && first != second) keeps_first = first > second;
    std::uint8_t& kept = keeps_first ? first : second;
    kept = are_equal ? static_cast<std::uint8_t>(std::min(first + second, 200)) : lowered(kept);
    (keeps_first ? second : first) = 0;
}

} // namespace

PileupMates::Held::Held(const Read& of)
    : read(of)
    , cigar(of.cigar.begin(), of.cigar.end())
    , bases(of.bases.begin(), of.bases.end())
    , qualities(of.qualities.begin(), of.qualities.end())
{
    qualities.resize(static_cast<std::size_t>(of.base_count), 0xff); // what BAM says where there are none
    read.cigar = cigar;
    read.bases = bases;
    read.qualities = qualities;
}

void PileupMates::add(const Read& read)
{
    OfPiece& piece = pieces_[read.clip.begin];
    retire(piece);
    const Index end = end_of(read);
    if (end == read.start && end == piece.last_start) return; // no position comes for which it is kept
    const Hash128 name = hash128_of(std::as_bytes(std::span(read.name)), 0);
    if (!may_overlap_mate(read, end)) {
        count(read, read.clip);
    } else if (const auto mate = piece.waiting.find(name); mate != piece.waiting.end()) {
        meet(mate.value(), read, piece.last_start);
        piece.waiting.erase(mate);
    } else if (read.mate_start ? *read.mate_start >= read.start : (read.flag & CountRules::paired) != 0) {
        piece.waiting.emplace(name, read);
    } else {
        count(read, read.clip);
    }
    piece.active.push({end, name});
    piece.last_start = read.start;
}

void PileupMates::finish()
{
    for (const auto& [begin, piece] : pieces_)
        for (const auto& [name, held] : piece.waiting) count(held.read, held.read.clip);
    pieces_.clear();
}

/// mpileup has come to the begin of the last read: those that end before it are gone, and nothing waits by
/// their names any more.
void PileupMates::retire(OfPiece& piece)
{
    for (; !piece.active.empty() && piece.active.top().end < piece.last_start; piece.active.pop()) {
        const auto held = piece.waiting.find(piece.active.top().name);
        if (held == piece.waiting.end()) continue;
        count(held->second.read, held->second.read.clip);
        piece.waiting.erase(held);
    }
}

/// Makes one of both qualities wherever two mates have a base on the same position.
void PileupMates::compare(Held& first, Held& second)
{
    AlignedBases of_first(first.read);
    AlignedBases of_second(second.read);
    for (Index cell = second.read.start; of_first.seek(cell); ++cell) {
        cell = std::max(cell, of_first.cell());
        if (!of_second.seek(cell)) break;
        cell = std::max(cell, of_second.cell());
        // Where only the second has a gap, htslib passes over the first base behind that.
        if (of_first.cell() != of_second.cell()) continue;
        const std::size_t i = of_first.base();
        const std::size_t j = of_second.base();
        settle(base_at(first.bases, i) == base_at(second.bases, j), second.read.keeps_bases,
               first.qualities[i], second.qualities[j]);
    }
}

void PileupMates::meet(Held& mate, const Read& read, Index last_start)
{
    // mpileup had come to the begin of the last read when this one came: before, the mate counts as it was.
    // It shows where the quality of a gap is that of a base behind it.
    const Box& clip = read.clip;
    count(mate.read, intersect(clip, {clip.begin, last_start}));

    Held second(read);
    if (!mate.bases.empty() && !second.bases.empty()) compare(mate, second);
    count(mate.read, intersect(clip, {last_start, clip.end}));
    count(second.read, clip);
}

void PileupMates::count(const Read& read, const Box& clip)
{
    for_counted_runs(read, rules_, [&](const Box& run) { depth_.add(run, clip); });
}

} // namespace swather
