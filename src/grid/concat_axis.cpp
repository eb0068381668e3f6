// SPDX-License-Identifier: MIT
#include "grid/concat_axis.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace swather {

std::string Segment::label() const
{
    return is_whole() ? std::string(contig) : fmt::format("{}:{}-{}", contig, start + 1, end);
}

void ConcatAxis::reserve(Index segments, Index characters)
{
    ends_.reserve(static_cast<std::size_t>(segments));
    names_.reserve(static_cast<std::size_t>(characters));
}

void ConcatAxis::append(std::string_view contig, Index start, Index end, Index length)
{
    if (start != 0 || end != length) parts_.push_back({std::ssize(ends_), start, length});
    names_ += contig;
    ends_.push_back({size() + (end - start), std::ssize(names_)});
}

std::size_t Segments::size() const { return axis_->ends_.size(); }

Segment Segments::operator[](Index number) const { return axis_->segment(number); }

Segments ConcatAxis::segments() const { return Segments(*this); }

Segment ConcatAxis::segment(Index number) const
{
    const auto at = static_cast<std::size_t>(number);
    const End before = number > 0 ? ends_[at - 1] : End{};
    const Index size = ends_[at].cell - before.cell;
    const auto name = std::string_view(names_).substr(static_cast<std::size_t>(before.name),
                                                      static_cast<std::size_t>(ends_[at].name - before.name));
    const auto part = std::lower_bound(parts_.begin(), parts_.end(), number,
                                       [](const Part& one, Index n) { return one.segment < n; });
    if (part == parts_.end() || part->segment != number) return {name, 0, size, size, before.cell};
    return {name, part->start, part->start + size, part->contig_length, before.cell};
}

std::vector<Piece> ConcatAxis::pieces(const Box& box) const
{
    std::vector<Piece> pieces;
    if (box.empty()) return pieces;
    const auto first = std::upper_bound(ends_.begin(), ends_.end(), box.begin,
                                        [](Index cell, const End& end) { return cell < end.cell; });
    for (Index number = first - ends_.begin(); number < std::ssize(ends_); ++number) {
        const Segment one = segment(number);
        if (one.offset >= box.end) break;
        const Box cells = intersect(box, {one.offset, one.offset + one.size()});
        if (cells.empty()) continue;
        pieces.push_back(
            {.segment = number, .cells = cells, .start = one.start + (cells.begin - one.offset)});
    }
    return pieces;
}

std::string ConcatAxis::label(const Box& box) const
{
    const auto parts = pieces(box);
    if (parts.empty()) return "no positions";
    const auto contig = [&](const Piece& piece) { return segment(piece.segment).contig; };
    const Piece& first = parts.front();
    const Piece& last = parts.back();
    if (parts.size() == 1) return fmt::format("{}:{}-{}", contig(first), first.start + 1, first.end());
    return fmt::format("{}:{}-{}:{}", contig(first), first.start + 1, contig(last), last.end());
}

} // namespace swather
