// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <optional>
#include <span>
#include <vector>

namespace swather {

/// A part of an array: an interval of each of its axes. Its elements are in C order, the last axis fastest.
using ArrayBox = std::vector<Box>;

/// Local. The elements of a box, or of an array of these sizes. Must not overflow.
Index elements_of(const ArrayBox& box);
Index elements_of(std::span<const Index> sizes);

/// Local. The elements of an array of these sizes; nullopt where that is no size (below 0), or where there
/// are 2⁶⁰ or more, whose bytes cannot be counted.
std::optional<Index> count_elements(std::span<const Index> sizes);

/// The cutting of an array into tiles: boxes of one shape, but at the ends of axes, in C order.
class ArrayTiles {
public:
    ArrayTiles() = default;
    /// Local. `tile`: its size along each axis, at least 1.
    ArrayTiles(std::vector<Index> sizes, std::vector<Index> tile)
        : sizes_(std::move(sizes))
        , tile_(std::move(tile))
    {
    }

    /// Local. The number of tiles.
    [[nodiscard]] Index size() const;
    /// Local. Which elements a tile has.
    [[nodiscard]] ArrayBox box(Index number) const;
    /// Local. The numbers of the tiles that have elements in a box, in order.
    [[nodiscard]] std::vector<Index> inside(const ArrayBox& box) const;
    /// Local. Elements of the largest tile.
    [[nodiscard]] Index elements() const;
    [[nodiscard]] const std::vector<Index>& sizes() const { return sizes_; }

private:
    [[nodiscard]] Index along(std::size_t axis) const
    {
        return (sizes_[axis] + tile_[axis] - 1) / tile_[axis];
    }

    std::vector<Index> sizes_;
    std::vector<Index> tile_;
};

/// How the elements of an array lie on disk.
struct ArrayLayout {
    std::vector<Index> chunk; ///< what can only be read together: its size along each axis
    std::vector<Index> order; ///< the axes, that along which neighbours lie first
};

/// Local. The tile that is best read of an array: whole chunks, of about so many elements and not more if a
/// chunk is not, neighbours first. It depends on nothing else.
std::vector<Index> tile_shape(std::span<const Index> sizes, const ArrayLayout& layout, Index elements);

/// Local. Calls `visit(first, length, done)` with each run of a box's elements that lie side by side in an
/// array of these sizes, in order: the element of the array with which it begins, its length, and how many
/// elements of the box are before it.
template <class Visit>
void for_each_run(std::span<const Index> sizes, const ArrayBox& box, Visit&& visit)
{
    // Axes that are whole belong to the run, and one before them.
    std::size_t axis = sizes.size();
    Index run = 1;
    Index stride = 1;
    while (axis > 0) {
        --axis;
        run *= box[axis].size();
        if (box[axis].size() != sizes[axis]) break;
        stride *= sizes[axis];
    }
    Index first = sizes.empty() ? 0 : box[axis].begin * stride;
    if (!sizes.empty()) stride *= sizes[axis];
    const auto descend = [&](auto&& self, std::size_t outer, Index base, Index& done) -> void {
        if (outer == axis) {
            visit(base + first, run, done);
            done += run;
            return;
        }
        Index step = stride;
        for (std::size_t i = outer + 1; i < axis; ++i) step *= sizes[i];
        for (Index i = box[outer].begin; i < box[outer].end; ++i)
            self(self, outer + 1, base + i * step, done);
    };
    Index done = 0;
    descend(descend, 0, 0, done);
}

} // namespace swather
