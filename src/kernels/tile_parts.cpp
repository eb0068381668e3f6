// SPDX-License-Identifier: MIT
#include "kernels/tile_parts.hpp"

#include <algorithm>

namespace swather {

namespace {

// Elements that lie side by side are of neighbouring results: those of a cache line are taken at once.
constexpr std::size_t results_at_once = 16;

/// Σ coordinate · stride of all coordinates that a box has along some axes, in C order.
std::vector<Index> offsets_of(const ArrayBox& box, const std::vector<std::size_t>& axes,
                              const std::vector<Index>& strides)
{
    std::vector<Index> offsets{0};
    for (const std::size_t axis : axes) {
        std::vector<Index> longer;
        longer.reserve(offsets.size() * static_cast<std::size_t>(box[axis].size()));
        for (const Index offset : offsets)
            for (Index i = box[axis].begin; i < box[axis].end; ++i)
                longer.push_back(offset + i * strides[axis]);
        offsets = std::move(longer);
    }
    return offsets;
}

/// A box of the same sizes, from 0 on.
ArrayBox moved_to_zero(const ArrayBox& box)
{
    ArrayBox moved;
    for (const Box& side : box) moved.push_back({0, side.size()});
    return moved;
}

/// By how many elements neighbours along some axes are apart, where only these are counted, in C order.
void set_strides(const std::vector<std::size_t>& axes, const std::vector<Index>& sizes,
                 std::vector<Index>& strides)
{
    Index stride = 1;
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
        strides[*axis] = stride;
        stride *= sizes[*axis];
    }
}

template <class T>
void gather_elements(std::span<const std::byte> tile, std::span<const Index> kept,
                     std::span<const Index> reduced, std::byte* to)
{
    const T* const from = reinterpret_cast<const T*>(tile.data());
    T* const parts = reinterpret_cast<T*>(to);
    for (std::size_t element = 0; element < reduced.size(); ++element)
        for (std::size_t result = 0; result < kept.size(); ++result)
            parts[result * reduced.size() + element] = from[kept[result] + reduced[element]];
}

} // namespace

std::vector<std::size_t> ReducedAxes::which(bool reduced) const
{
    std::vector<std::size_t> numbers;
    for (std::size_t axis = 0; axis < axes.size(); ++axis)
        if ((is_reduced[axis] != 0) == reduced) numbers.push_back(axis);
    return numbers;
}

std::vector<Axis> ReducedAxes::result_axes() const
{
    std::vector<Axis> kept;
    for (const std::size_t axis : which(false)) kept.push_back(axes[axis]);
    if (kept.empty()) kept.push_back({.name = "all", .size = 1});
    return kept;
}

Index ReducedAxes::results() const { return size_along(result_axes()); }

std::vector<Index> reduced_tile(const ReducedAxes& axes, const ArrayLayout& layout)
{
    constexpr Index results = 8192; // that what lies side by side is not too short
    std::vector<Index> sizes;
    for (const Axis& axis : axes.axes) sizes.push_back(axis.size);
    const auto is_reduced = [&](Index axis) { return axes.is_reduced[static_cast<std::size_t>(axis)] != 0; };
    const auto& order = layout.order;
    const auto first_kept = std::find_if_not(order.begin(), order.end(), is_reduced);
    // What lies end to end stays in the second cache; else a result should have many elements.
    const Index elements = first_kept == order.begin() ? 128 * results : 65'536;
    std::vector<Index> tile = layout.chunk;
    const auto grow = [&](std::vector<Index> along, Index wanted) {
        tile = tile_shape(sizes, {tile, std::move(along)}, std::min(wanted, elements));
    };
    std::vector<Index> kept;
    std::vector<Index> reduced;
    for (auto axis = first_kept; axis != order.end(); ++axis)
        (is_reduced(*axis) ? reduced : kept).push_back(*axis);
    grow({order.begin(), first_kept}, elements);
    grow(kept, results * elements_of(tile));
    grow(reduced, elements);
    grow(kept, elements);
    return tile;
}

TileParts::TileParts(const ReducedAxes& axes, Index first, Index bytes)
    : kept_(axes.which(false))
    , reduced_(axes.which(true))
    , strides_(axes.axes.size())
    , first_(first)
    , bytes_(static_cast<std::size_t>(bytes))
{
    std::vector<Index> sizes;
    for (const Axis& axis : axes.axes) sizes.push_back(axis.size);
    set_strides(kept_, sizes, strides_);
    set_strides(reduced_, sizes, strides_);
}

void TileParts::operator()(const ArrayTile& tile, const Take& take)
{
    const ArrayBox inside = moved_to_zero(tile.box);
    std::vector<std::size_t> axes(inside.size());
    std::vector<Index> sizes;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        axes[axis] = axis;
        sizes.push_back(inside[axis].size());
    }
    std::vector<Index> strides(axes.size());
    set_strides(axes, sizes, strides);

    ArrayBox box = tile.box;
    if (!kept_.empty()) {
        box[kept_.front()].begin -= first_;
        box[kept_.front()].end -= first_;
    }
    const std::vector<Index> results = offsets_of(box, kept_, strides_);
    const std::size_t elements = tile.bytes.size() / bytes_ / results.size();
    const std::size_t part = elements * bytes_;

    const auto is_long = [&](std::size_t axis) { return sizes[axis] > 1; };
    const auto last_kept = std::find_if(kept_.rbegin(), kept_.rend(), is_long);
    const auto first_reduced = std::find_if(reduced_.begin(), reduced_.end(), is_long);
    if (last_kept == kept_.rend() || first_reduced == reduced_.end() || *last_kept < *first_reduced) {
        for (std::size_t i = 0; i < results.size(); ++i) take(results[i], tile.bytes.subspan(i * part, part));
        return;
    }
    offsets_ = offsets_of(inside, reduced_, strides);
    const std::vector<Index> kept = offsets_of(inside, kept_, strides);
    for (std::size_t i = 0; i < kept.size(); i += results_at_once) {
        const auto some = std::span(kept).subspan(i, std::min(results_at_once, kept.size() - i));
        parts_.resize(some.size() * part);
        gather(tile.bytes, some);
        for (std::size_t j = 0; j < some.size(); ++j)
            take(results[i + j], std::span(parts_).subspan(j * part, part));
    }
}

void TileParts::gather(std::span<const std::byte> tile, std::span<const Index> kept)
{
    switch (bytes_) {
    case 1:
        return gather_elements<std::uint8_t>(tile, kept, offsets_, parts_.data());
    case 2:
        return gather_elements<std::uint16_t>(tile, kept, offsets_, parts_.data());
    case 4:
        return gather_elements<std::uint32_t>(tile, kept, offsets_, parts_.data());
    default:
        return gather_elements<std::uint64_t>(tile, kept, offsets_, parts_.data());
    }
}

Index TileParts::place(const ArrayBox& tile, Index number) const
{
    Index place = 0;
    for (auto axis = reduced_.rbegin(); axis != reduced_.rend(); ++axis) {
        const Box& side = tile[*axis];
        place += (side.begin + number % side.size()) * strides_[*axis];
        number /= side.size();
    }
    return place;
}

} // namespace swather
