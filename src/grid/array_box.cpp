// SPDX-License-Identifier: MIT
#include "grid/array_box.hpp"

namespace swather {

Index elements_of(const ArrayBox& box)
{
    Index elements = 1;
    for (const Box& side : box) elements *= side.size();
    return elements;
}

Index elements_of(std::span<const Index> sizes)
{
    Index elements = 1;
    for (const Index size : sizes) elements *= size;
    return elements;
}

std::optional<Index> count_elements(std::span<const Index> sizes)
{
    constexpr Index too_many = Index{1} << 60;
    Index elements = 1;
    bool is_none = false;
    bool is_beyond = false;
    for (const Index size : sizes) {
        if (size < 0) return std::nullopt;
        is_none |= size == 0;
        is_beyond |= __builtin_mul_overflow(elements, size, &elements) || elements >= too_many;
    }
    if (is_none) return 0;
    if (is_beyond) return std::nullopt;
    return elements;
}

Index ArrayTiles::size() const
{
    Index tiles = 1;
    for (std::size_t axis = 0; axis < sizes_.size(); ++axis) tiles *= along(axis);
    return tiles;
}

Index ArrayTiles::elements() const
{
    Index elements = 1;
    for (std::size_t axis = 0; axis < sizes_.size(); ++axis) elements *= std::min(sizes_[axis], tile_[axis]);
    return elements;
}

ArrayBox ArrayTiles::box(Index number) const
{
    ArrayBox box(sizes_.size());
    for (std::size_t axis = sizes_.size(); axis-- > 0;) {
        const Index begin = number % along(axis) * tile_[axis];
        box[axis] = {begin, std::min(begin + tile_[axis], sizes_[axis])};
        number /= along(axis);
    }
    return box;
}

std::vector<Index> ArrayTiles::inside(const ArrayBox& box) const
{
    std::vector<Index> numbers{0};
    for (std::size_t axis = 0; axis < sizes_.size(); ++axis) {
        std::vector<Index> longer;
        const Index end = (box[axis].end + tile_[axis] - 1) / tile_[axis];
        for (const Index number : numbers)
            for (Index i = box[axis].begin / tile_[axis]; i < end; ++i)
                longer.push_back(number * along(axis) + i);
        numbers = std::move(longer);
    }
    return numbers;
}

std::vector<Index> tile_shape(std::span<const Index> sizes, const ArrayLayout& layout, Index elements)
{
    std::vector<Index> tile = layout.chunk;
    Index rest = elements / elements_of(tile);
    for (const Index number : layout.order) {
        const auto axis = static_cast<std::size_t>(number);
        if (rest <= 1) break;
        const Index chunks = (sizes[axis] + tile[axis] - 1) / tile[axis];
        const Index taken = std::min(chunks, rest);
        tile[axis] = taken == chunks ? sizes[axis] : tile[axis] * taken;
        if (taken < chunks) break;
        rest /= chunks;
    }
    return tile;
}

} // namespace swather
