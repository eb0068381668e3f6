// SPDX-License-Identifier: MIT
#include "output/item_table.hpp"

#include "base/number.hpp"

#include <cmath>

namespace swather {

namespace {

/// As they are printed: of results, NaN is one too, and no empty field.
Texts texts_of(const std::vector<double>& reals)
{
    Texts texts;
    std::string text;
    for (const double real : reals) {
        text.clear();
        if (std::isnan(real))
            text = "nan";
        else
            append_repr(text, real);
        texts.push_back(text);
    }
    return texts;
}

Cells cells_of(const Column::Values& values)
{
    return std::visit(
        [](const auto& all) -> Cells {
            using Values = std::decay_t<decltype(all)>;
            if constexpr (std::is_same_v<Values, std::vector<std::int32_t>>)
                return std::vector<Index>(all.begin(), all.end());
            else if constexpr (std::is_same_v<Values, std::vector<double>>)
                return texts_of(all);
            else
                return all;
        },
        values);
}

/// Of each so many values, the one at this place.
Column::Values every(Index places, Index place, const Column::Values& values)
{
    if (places == 1) return values;
    return std::visit(
        [&](const auto& all) -> Column::Values {
            std::decay_t<decltype(all)> some;
            for (auto i = static_cast<std::size_t>(place); i < all.size();
                 i += static_cast<std::size_t>(places))
                some.push_back(all[i]);
            return some;
        },
        values);
}

/// What tells apart the columns of what has this number along axes: "_0.05".
std::string name_along(const std::vector<Axis>& axes, Index number)
{
    std::string name;
    for (auto axis = axes.rbegin(); axis != axes.rend(); number /= axis++->size) {
        std::string place = "_";
        const auto at = static_cast<std::size_t>(number % axis->size);
        if (axis->coordinates.empty())
            place += std::to_string(at);
        else
            append_repr(place, axis->coordinates[at]);
        name.insert(0, place);
    }
    return name;
}

} // namespace

ItemTable::ItemTable(const std::vector<Axis>& axes, Index items)
{
    Index stride = size_along(axes);
    if (stride == 1) return; // a single item needs no coordinates
    for (const Axis& axis : axes) {
        stride /= axis.size;
        std::vector<Index> coordinates;
        for (Index item = 0; item < items; ++item) coordinates.push_back(item / stride % axis.size);
        append(axis.name, {}, coordinates);
    }
}

void ItemTable::append(const std::string& name, const std::vector<Axis>& inner, const Column::Values& values)
{
    const Index places = size_along(inner);
    for (Index place = 0; place < places; ++place) {
        cells_.push_back(cells_of(every(places, place, values)));
        columns_.push_back(
            {.name = name + name_along(inner, place), .type = type_of(cells_.back()), .long_name = ""});
    }
}

std::optional<std::vector<Cells>> ItemTable::next()
{
    if (is_told_) return std::nullopt;
    is_told_ = true;
    return std::move(cells_);
}

} // namespace swather
