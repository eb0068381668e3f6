// SPDX-License-Identifier: MIT
#include "grid/concat_axis.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace swather {

std::string Segment::label() const
{
    return is_whole() ? std::string(contig) : fmt::format("{}:{}-{}", contig, start + 1, end);
}

void ConcatAxis::append(std::string_view contig, Index start, Index end, Index length)
{
    std::string_view name = segments_.empty() ? std::string_view() : segments_.back().contig;
    if (name != contig) {
        auto* const place = static_cast<char*>(names_->allocate(contig.size(), alignof(char)));
        std::copy(contig.begin(), contig.end(), place);
        name = {place, contig.size()};
    }
    segments_.push_back(
        {.contig = name, .start = start, .end = end, .contig_length = length, .offset = size_});
    size_ += end - start;
}

std::vector<Piece> ConcatAxis::pieces(const Box& box) const
{
    std::vector<Piece> pieces;
    if (box.empty()) return pieces;
    auto segment = std::upper_bound(segments_.begin(), segments_.end(), box.begin,
                                    [](Index cell, const Segment& s) { return cell < s.offset + s.size(); });
    for (; segment != segments_.end() && segment->offset < box.end; ++segment) {
        const Box cells = intersect(box, {segment->offset, segment->offset + segment->size()});
        if (cells.empty()) continue;
        pieces.push_back({.segment = segment - segments_.begin(),
                          .cells = cells,
                          .start = segment->start + (cells.begin - segment->offset)});
    }
    return pieces;
}

std::string ConcatAxis::label(const Box& box) const
{
    const auto parts = pieces(box);
    if (parts.empty()) return "no positions";
    const auto contig = [&](const Piece& piece) {
        return segments_[static_cast<std::size_t>(piece.segment)].contig;
    };
    const Piece& first = parts.front();
    const Piece& last = parts.back();
    if (parts.size() == 1) return fmt::format("{}:{}-{}", contig(first), first.start + 1, first.end());
    return fmt::format("{}:{}-{}:{}", contig(first), first.start + 1, contig(last), last.end());
}

} // namespace swather
