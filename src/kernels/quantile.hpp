// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace swather {

/// Where a quantile lies among sorted elements: between two neighbours, or on one.
struct QuantilePlace {
    Index lower = 0;
    Index upper = 0;
    double weight = 0; ///< of the upper
};

/// Local. The place of a quantile, 0 to 1, among so many elements, at least one, as numpy.quantile has it
/// (linear; method 7 of Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566).
QuantilePlace place_of_quantile(double quantile, Index elements);

/// Local. What lies between two numbers whose difference is `difference`, with the rounding of numpy.
double interpolate(double lower, double upper, double difference, double weight);

/// Local. The same of elements. The difference of integers is exact before it is rounded, and never wraps
/// around, as numpy's may.
template <class T>
double interpolate(T lower, T upper, double weight)
{
    const auto a = static_cast<double>(lower);
    const auto b = static_cast<double>(upper);
    if constexpr (std::is_integral_v<T>) {
        const auto difference = static_cast<std::uint64_t>(upper) - static_cast<std::uint64_t>(lower);
        return interpolate(a, b, static_cast<double>(difference), weight);
    } else {
        return interpolate(a, b, b - a, weight);
    }
}

/// Local. The quantiles, in float64, of elements that lie in memory, of which the order is lost. NaN, where
/// no element is left, or one is NaN and not to be skipped.
std::vector<double> quantiles_of(Element element, std::span<std::byte> elements,
                                 const std::vector<double>& quantiles, bool skip_nan);

} // namespace swather
