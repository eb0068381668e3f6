// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_box.hpp"
#include "grid/element.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

namespace swather {

/// A part of an array whose elements are at hand.
struct ArrayTile {
    ArrayBox box;                     ///< of the whole array
    std::span<const std::byte> bytes; ///< its elements, in C order and the order of bytes of this machine

    /// Local. The elements, which are of this type.
    template <class T>
    [[nodiscard]] std::span<const T> values() const
    {
        return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
    }
};

/// The elements of a block of an array, tile by tile, in C order of the tiles: no block takes more memory
/// than a tile. Of one block's tiles, the box is that of the whole array's, as far as it lies in the block.
class ArrayView {
public:
    using NextTile = std::function<std::optional<ArrayTile>()>;

    ArrayView(const Box& cells, NextTile next)
        : cells_(cells)
        , next_(std::move(next))
    {
    }

    /// The cells of the domain that the block owns.
    [[nodiscard]] const Box& cells() const { return cells_; }
    /// Local. The next tile, until the call after; none at the end.
    std::optional<ArrayTile> next_tile() { return next_(); }

private:
    Box cells_;
    NextTile next_;
};

} // namespace swather
