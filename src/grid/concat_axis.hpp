// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A contig, or an interval of one, as it lies on a concatenated axis.
struct Segment {
    std::string_view contig; ///< lives as long as the axis, and until this grows
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

class ConcatAxis;

/// The segments of an axis, each made as it is looked at. (A standard view would do, but not with every
/// compiler that builds swather.)
class Segments {
public:
    class Iterator {
    public:
        Iterator(const ConcatAxis& axis, Index number)
            : axis_(&axis)
            , number_(number)
        {
        }
        Segment operator*() const { return Segments(*axis_)[number_]; }
        Iterator& operator++()
        {
            ++number_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return number_ == other.number_; }

    private:
        const ConcatAxis* axis_;
        Index number_;
    };

    explicit Segments(const ConcatAxis& axis)
        : axis_(&axis)
    {
    }

    [[nodiscard]] std::size_t size() const;
    Segment operator[](Index number) const;
    [[nodiscard]] Iterator begin() const { return {*axis_, 0}; }
    [[nodiscard]] Iterator end() const { return {*axis_, static_cast<Index>(size())}; }

private:
    const ConcatAxis* axis_;
};

/// Segments laid end to end on one axis of cells, each position of each segment one cell. There may be
/// millions of contigs: a Segment is made when it is asked for.
class ConcatAxis {
public:
    /// Local. `unit`: what one of the cells is, in a word.
    explicit ConcatAxis(std::string unit = "position")
        : unit_(std::move(unit))
    {
    }

    /// Local. Makes room for so many segments, and so many characters of all names together.
    void reserve(Index segments, Index characters = 0);
    /// Local. Appends the interval [start, end) of a contig of `length` positions; it may be empty, and may
    /// overlap others.
    void append(std::string_view contig, Index start, Index end, Index length);

    [[nodiscard]] Index size() const { return ends_.empty() ? 0 : ends_.back().cell; }
    /// Local. Elements of one cell.
    [[nodiscard]] static Index width() { return 1; }
    /// Local. What one cell is: "position".
    [[nodiscard]] const std::string& unit() const { return unit_; }
    /// Local. All segments, by their number.
    [[nodiscard]] Segments segments() const;

    /// Local. The pieces of a box, in order; empty segments have none.
    [[nodiscard]] std::vector<Piece> pieces(const Box& box) const;
    /// Local. A box in words: "chr1:262145-524288", or "chr1:900-chr2:17" where it spans segments.
    [[nodiscard]] std::string label(const Box& box) const;

private:
    /// Where a segment ends.
    struct End {
        Index cell = 0; ///< on the axis
        Index name = 0; ///< of its contig, in names_
    };
    /// A segment that is not all of its contig.
    struct Part {
        Index segment = 0;
        Index start = 0;
        Index contig_length = 0;
    };

    friend class Segments;
    [[nodiscard]] Segment segment(Index number) const;

    std::string names_; ///< of the contigs, end to end
    std::vector<End> ends_;
    std::vector<Part> parts_; ///< in the order of the segments
    std::string unit_;
};

} // namespace swather
