// SPDX-License-Identifier: MIT
#include "kernels/bins.hpp"

#include <algorithm>

namespace swather {

Bins::Bins(Index bins, double least, double most)
{
    const double width = (most - least) / static_cast<double>(bins);
    for (Index i = 0; i < bins; ++i) edges_.push_back(static_cast<double>(i) * width + least);
    edges_.push_back(most);
}

void Bins::count(Element element, std::span<const std::byte> elements, std::span<Index> counts) const
{
    const double least = edges_.front();
    const double most = edges_.back();
    const Index last = size() - 1;
    const double bins_by_width = static_cast<double>(size()) / (most - least);
    visit_element(element, [&]<class T>(T) {
        const std::span values(reinterpret_cast<const T*>(elements.data()), elements.size() / sizeof(T));
        for (const T stored : values) {
            const auto value = static_cast<double>(stored);
            if (!(value >= least && value <= most)) continue; // nor is NaN
            // The quotient is rounded: it may be one off.
            auto bin =
                static_cast<std::size_t>(std::min(static_cast<Index>((value - least) * bins_by_width), last));
            if (value < edges_[bin])
                --bin;
            else if (value >= edges_[bin + 1] && static_cast<Index>(bin) < last)
                ++bin;
            ++counts[bin];
        }
    });
}

} // namespace swather
