// SPDX-License-Identifier: MIT
#include "output/stored_histogram.hpp"

#include "h5/columns.hpp"

#include <cmath>

namespace swather {

StoredHistogram::StoredHistogram(hid_t group)
    : depths_(std::get<std::vector<Index>>(h5::read_column(group, "depth").values))
    , positions_(std::get<std::vector<Index>>(h5::read_column(group, "positions").values))
{
    for (const Index positions : positions_) all_ += positions;
}

double StoredHistogram::mean() const
{
    Index sum = 0;
    for (std::size_t i = 0; i < depths_.size(); ++i) sum += depths_[i] * positions_[i];
    return all_ == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(all_);
}

double StoredHistogram::quantile(double part) const
{
    const double place = part * static_cast<double>(all_ - 1);
    const double below = std::floor(place);
    const auto low = static_cast<double>(depth_at(static_cast<Index>(below)));
    const auto high = static_cast<double>(depth_at(static_cast<Index>(std::ceil(place))));
    return low + (place - below) * (high - low);
}

Index StoredHistogram::at_least(Index depth) const
{
    Index positions = 0;
    for (std::size_t i = 0; i < depths_.size(); ++i)
        if (depths_[i] >= depth) positions += positions_[i];
    return positions;
}

Index StoredHistogram::depth_at(Index number) const
{
    std::size_t i = 0;
    for (; number >= positions_[i]; ++i) number -= positions_[i];
    return depths_[i];
}

} // namespace swather
