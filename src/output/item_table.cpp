// SPDX-License-Identifier: MIT
#include "output/item_table.hpp"

namespace swather {

namespace {

Cells cells_of(const Column::Values& values)
{
    return std::visit(
        [](const auto& all) -> Cells {
            using Values = std::decay_t<decltype(all)>;
            if constexpr (std::is_same_v<Values, std::vector<std::int32_t>>)
                return std::vector<Index>(all.begin(), all.end());
            else
                return all;
        },
        values);
}

} // namespace

ItemTable::ItemTable(const std::vector<Axis>& axes, Index items)
{
    Index stride = size_along(axes);
    for (const Axis& axis : axes) {
        stride /= axis.size;
        if (axis.size == 1) continue;
        std::vector<Index> coordinates;
        for (Index item = 0; item < items; ++item) coordinates.push_back(item / stride % axis.size);
        append(axis.name, coordinates);
    }
}

void ItemTable::append(const std::string& name, const Column::Values& values)
{
    cells_.push_back(cells_of(values));
    columns_.push_back({.name = name, .type = type_of(cells_.back()), .long_name = ""});
}

std::optional<std::vector<Cells>> ItemTable::next()
{
    if (is_told_) return std::nullopt;
    is_told_ = true;
    return std::move(cells_);
}

} // namespace swather
