// SPDX-License-Identifier: MIT
#include "kernels/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace swather {

namespace {

template <class T>
std::vector<double> quantiles_of(std::span<T> elements, const std::vector<double>& quantiles, bool skip_nan)
{
    std::vector<double> values(quantiles.size(), std::numeric_limits<double>::quiet_NaN());
    auto end = elements.end();
    if constexpr (std::is_floating_point_v<T>)
        end = std::partition(elements.begin(), end, [](T element) { return element == element; });
    if (end == elements.begin() || (end != elements.end() && !skip_nan)) return values;

    std::vector<QuantilePlace> places;
    std::vector<Index> sought;
    for (const double quantile : quantiles) {
        places.push_back(place_of_quantile(quantile, end - elements.begin()));
        sought.insert(sought.end(), {places.back().lower, places.back().upper});
    }
    std::sort(sought.begin(), sought.end());
    sought.erase(std::unique(sought.begin(), sought.end()), sought.end());
    auto begin = elements.begin(); // what is before is in its place
    for (const Index number : sought) {
        const auto nth = elements.begin() + number;
        std::nth_element(begin, nth, end);
        begin = nth + 1;
    }
    const auto at = [&](Index number) { return elements[static_cast<std::size_t>(number)]; };
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = interpolate(at(places[i].lower), at(places[i].upper), places[i].weight);
    return values;
}

} // namespace

QuantilePlace place_of_quantile(double quantile, Index elements)
{
    const Index last = elements - 1;
    const double place = static_cast<double>(last) * quantile;
    if (place >= static_cast<double>(last)) return {last, last, 1};
    const auto lower = static_cast<Index>(std::floor(place));
    return {lower, lower + 1, place - static_cast<double>(lower)};
}

double interpolate(double lower, double upper, double difference, double weight)
{
    return weight >= 0.5 ? upper - difference * (1 - weight) : lower + difference * weight;
}

std::vector<double> quantiles_of(Element element, std::span<std::byte> elements,
                                 const std::vector<double>& quantiles, bool skip_nan)
{
    return visit_element(element, [&]<class T>(T) {
        return quantiles_of(std::span(reinterpret_cast<T*>(elements.data()), elements.size() / sizeof(T)),
                            quantiles, skip_nan);
    });
}

} // namespace swather
