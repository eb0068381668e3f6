// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_box.hpp"
#include "grid/array_domain.hpp"
#include "sources/array_view.hpp"

#include <functional>

namespace swather {

/// The axes of an array, some of which are reduced; the results lie along the others, which are kept.
struct ReducedAxes {
    std::vector<Axis> axes;
    std::vector<char> is_reduced; ///< of each axis

    /// Local. The numbers of the axes that are reduced (true), or kept.
    [[nodiscard]] std::vector<std::size_t> which(bool reduced) const;
    /// Local. The axes along which the results lie; one of a single result, where none is kept.
    [[nodiscard]] std::vector<Axis> result_axes() const;
    /// Local. The number of results.
    [[nodiscard]] Index results() const;
};

/// Local. The tile that is best read to be reduced: 65,536 elements, or where results lie side by side, half
/// a million of some of them.
std::vector<Index> reduced_tile(const ReducedAxes& axes, const ArrayLayout& layout);

/// Takes tiles apart by the results to which their elements belong.
class TileParts {
public:
    /// What a tile has of a result: its elements in C order.
    using Take = std::function<void(Index result, std::span<const std::byte> part)>;

    /// Local. Results are counted in C order along the axes that are kept, from coordinate `first` of the
    /// first of these on. `bytes`: of an element.
    TileParts(const ReducedAxes& axes, Index first, Index bytes);

    /// Local. Calls `take` with each part of a tile, in the order of results; a part lasts until the next.
    void operator()(const ArrayTile& tile, const Take& take);
    /// Local. Of the elements of a result, in C order, the number of that which has this one in its part of a
    /// tile.
    [[nodiscard]] Index place(const ArrayBox& tile, Index number) const;

private:
    void gather(std::span<const std::byte> tile, std::span<const Index> kept);

    std::vector<std::size_t> kept_, reduced_; ///< axes
    std::vector<Index> strides_; ///< of each axis in the numbers of results, or of elements of one
    Index first_;
    std::size_t bytes_;
    std::vector<Index> offsets_;   ///< in a tile, of the elements of a result
    std::vector<std::byte> parts_; ///< of some results, where they do not lie end to end
};

} // namespace swather
