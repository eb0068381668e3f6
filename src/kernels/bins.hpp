// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace swather {

/// Bins of one width, side by side: what is counted in one is at or above its lower edge and below that of
/// the next, or at the upper edge of the last. None, where none are asked for.
class Bins {
public:
    Bins() = default;
    /// Local. So many bins, at least 1, from `least` to `most`, which is above it; their edges are those of
    /// numpy.histogram for float64.
    Bins(Index bins, double least, double most);

    [[nodiscard]] Index size() const { return edges_.empty() ? 0 : std::ssize(edges_) - 1; }
    /// Local. The edges: one more than there are bins.
    [[nodiscard]] const std::vector<double>& edges() const { return edges_; }
    /// Local. Adds to the counts, one of each bin, how many of these elements are in it.
    void count(Element element, std::span<const std::byte> elements, std::span<Index> counts) const;

private:
    std::vector<double> edges_;
};

/// How many elements are in a bin.
struct BinCount {
    Index elements = 0;

    void merge(const BinCount& later) { elements += later.elements; }
};

} // namespace swather
