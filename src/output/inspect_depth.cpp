// SPDX-License-Identifier: MIT
#include "output/inspect_depth.hpp"

#include "grid/box.hpp"
#include "output/h5_columns.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace swather {

namespace {

/// How many positions have each depth, in the order of depths.
class Histogram {
public:
    explicit Histogram(hid_t group)
        : depths_(std::get<std::vector<Index>>(h5::read_column(group, "depth").values))
        , positions_(std::get<std::vector<Index>>(h5::read_column(group, "positions").values))
    {
        for (const Index positions : positions_) all_ += positions;
    }

    [[nodiscard]] Index all() const { return all_; }

    [[nodiscard]] double mean() const
    {
        double sum = 0;
        for (std::size_t i = 0; i < depths_.size(); ++i)
            sum += static_cast<double>(depths_[i]) * static_cast<double>(positions_[i]);
        return sum / static_cast<double>(all_);
    }

    /// As numpy has it: between two positions, in proportion.
    [[nodiscard]] double quantile(double part) const
    {
        const double place = part * static_cast<double>(all_ - 1);
        const double below = std::floor(place);
        const auto low = static_cast<double>(depth_at(static_cast<Index>(below)));
        const auto high = static_cast<double>(depth_at(static_cast<Index>(std::ceil(place))));
        return low + (place - below) * (high - low);
    }

    /// The part of the positions that has a depth and more.
    [[nodiscard]] double part_of(Index depth) const
    {
        Index positions = 0;
        for (std::size_t i = 0; i < depths_.size(); ++i)
            if (depths_[i] >= depth) positions += positions_[i];
        return static_cast<double>(positions) / static_cast<double>(all_);
    }

private:
    /// Of position number `number`, if they stood in the order of depths.
    [[nodiscard]] Index depth_at(Index number) const
    {
        std::size_t i = 0;
        for (; number >= positions_[i]; ++i) number -= positions_[i];
        return depths_[i];
    }

    std::vector<Index> depths_;
    std::vector<Index> positions_;
    Index all_ = 0;
};

} // namespace

std::string depth_lines(hid_t file)
{
    constexpr const char* path = "/coverage/histogram_total";
    if (H5Lexists(file, "/coverage", H5P_DEFAULT) <= 0 || H5Lexists(file, path, H5P_DEFAULT) <= 0) return "";
    const h5::Id group(h5::check(H5Gopen2(file, path, H5P_DEFAULT), "open the histogram"), H5Gclose);
    const Histogram histogram(group);
    if (histogram.all() == 0) return "";
    std::string text =
        fmt::format("  depth     mean {:.2f}, median {:g}, quartiles {:g} and {:g}\n", histogram.mean(),
                    histogram.quantile(0.5), histogram.quantile(0.25), histogram.quantile(0.75));
    text += "  positions";
    for (const Index depth : {1, 10, 20, 30})
        text += fmt::format("{} {:.2f} % of depth {}{}", depth == 1 ? "" : ",",
                            100 * histogram.part_of(depth), depth, depth == 1 ? " and more" : "");
    return text + "\n\n";
}

} // namespace swather
