// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace swather {

/// An axis of an array, or of what is computed for each of its elements.
struct Axis {
    std::string name;
    Index size = 0;
    std::vector<double> coordinates = {}; ///< of each element; empty where its number is all there is
    std::string units = {};               ///< of the coordinates
};

/// Local. How much lies along axes: on each coordinate of one, all of the next.
inline Index size_along(const std::vector<Axis>& axes)
{
    Index size = 1;
    for (const Axis& axis : axes) size *= axis.size;
    return size;
}

/// Local. Where what has this number, in C order, lies along axes: "t 3, x 10".
inline std::string place_along(const std::vector<Axis>& axes, Index number)
{
    std::string place;
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
        place = fmt::format("{} {}{}{}", axis->name, number % axis->size, place.empty() ? "" : ", ", place);
        number /= axis->size;
    }
    return place;
}

/// An array that is cut along the first of its axes: each cell is all that lies on one coordinate of it, a
/// slice of an image say. The other axes are whole in every block.
class ArrayDomain {
public:
    ArrayDomain() = default; ///< of no cells
    /// Local. At least one axis. `unit`: what one of the cells is, in a word.
    explicit ArrayDomain(std::vector<Axis> axes, std::string unit = "cell")
        : axes_(std::move(axes))
        , unit_(std::move(unit))
    {
    }

    [[nodiscard]] Index size() const { return axes_.empty() ? 0 : axes_.front().size; }
    /// Local. Elements of one cell.
    [[nodiscard]] Index width() const
    {
        Index width = 1;
        for (std::size_t i = 1; i < axes_.size(); ++i) width *= axes_[i].size;
        return width;
    }
    [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
    /// Local. What one cell is: "slice".
    [[nodiscard]] const std::string& unit() const { return unit_; }
    /// Local. A box in words: "slice 3", or "slices 3 to 5"; from 0.
    [[nodiscard]] std::string label(const Box& box) const
    {
        if (box.size() <= 1) return fmt::format("{} {}", unit_, box.begin);
        return fmt::format("{}s {} to {}", unit_, box.begin, box.end - 1);
    }

private:
    std::vector<Axis> axes_;
    std::string unit_ = "cell";
};

} // namespace swather
