// SPDX-License-Identifier: MIT
#pragma once

#include "sources/reads_view.hpp"

#include <algorithm>
#include <vector>

namespace swather {

/// How many reads begin on each piece of a block.
class Beginnings {
public:
    explicit Beginnings(const std::vector<ReadsPiece>& pieces)
        : pieces_(pieces)
        , counts_(pieces.size())
    {
    }

    void add(const Read& read)
    {
        if (read.start < read.clip.begin || read.start >= read.clip.end) return;
        if (pieces_[piece_].cells.begin != read.clip.begin) piece_ = find(read.clip);
        ++counts_[piece_];
    }

    [[nodiscard]] Index of(const ReadsPiece& piece) const { return counts_[find(piece.cells)]; }

private:
    [[nodiscard]] std::size_t find(const Box& cells) const
    {
        const auto ends_before = [](const ReadsPiece& piece, Index cell) { return piece.cells.end <= cell; };
        const auto found = std::lower_bound(pieces_.begin(), pieces_.end(), cells.begin, ends_before);
        return static_cast<std::size_t>(found - pieces_.begin());
    }

    const std::vector<ReadsPiece>& pieces_;
    std::vector<Index> counts_;
    std::size_t piece_ = 0; ///< of the last read: most blocks have one
};

} // namespace swather
