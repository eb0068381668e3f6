// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A contig, or an interval of one, as it lies on a concatenated axis.
struct Segment {
    std::string_view contig; ///< lives as long as the axis, or a copy of it
    Index start = 0;         ///< 0-based, on the contig
    Index end = 0;           ///< one past its last position
    Index contig_length = 0; ///< positions of the contig
    Index offset = 0;        ///< the cell of `start` on the axis

    [[nodiscard]] Index size() const { return end - start; }
    /// Local. Whether it is all of the contig, so that its name alone tells what it is.
    [[nodiscard]] bool is_whole() const { return start == 0 && end == contig_length; }
    /// Local. "chr1", or in samtools' words "chr1:1001-2000" (1-based, closed).
    [[nodiscard]] std::string label() const;
};

/// A part of one segment that lies in a box of the axis.
struct Piece {
    Index segment = 0;
    Box cells;       ///< on the axis
    Index start = 0; ///< position on the contig of the first cell

    /// Local. The cell of a position on the contig; outside of `cells` where the position is outside of the
    /// piece.
    [[nodiscard]] Index cell(Index position) const { return cells.begin + (position - start); }
    /// Local. One past the last position on the contig.
    [[nodiscard]] Index end() const { return start + cells.size(); }
};

/// Segments laid end to end on one axis of cells, each position of each segment one cell.
class ConcatAxis {
public:
    /// Local. `unit`: what one of the cells is, in a word.
    explicit ConcatAxis(std::string unit = "position")
        : unit_(std::move(unit))
    {
    }

    /// Local. Makes room for so many segments, where it is known that there will be many.
    void reserve(Index segments) { segments_.reserve(static_cast<std::size_t>(segments)); }
    /// Local. Appends the interval [start, end) of a contig of `length` positions; it may be empty, and may
    /// overlap others.
    void append(std::string_view contig, Index start, Index end, Index length);

    [[nodiscard]] Index size() const { return size_; }
    /// Local. Elements of one cell.
    [[nodiscard]] static Index width() { return 1; }
    /// Local. What one cell is: "position".
    [[nodiscard]] const std::string& unit() const { return unit_; }
    [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }

    /// Local. The pieces of a box, in order; empty segments have none.
    [[nodiscard]] std::vector<Piece> pieces(const Box& box) const;
    /// Local. A box in words: "chr1:262145-524288", or "chr1:900-chr2:17" where it spans segments.
    [[nodiscard]] std::string label(const Box& box) const;

private:
    /// The names of the contigs. There may be millions: a string for each would take more than the rest.
    std::shared_ptr<std::pmr::monotonic_buffer_resource> names_ =
        std::make_shared<std::pmr::monotonic_buffer_resource>();
    std::vector<Segment> segments_;
    Index size_ = 0;
    std::string unit_;
};

} // namespace swather
