// SPDX-License-Identifier: MIT
#include "kernels/reduce_part.hpp"

#include <algorithm>
#include <array>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/reduce_part.cpp"
// There are no arrays of vectors whose size is not known before the program runs.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

// The loops over lanes are plain ones, which the compiler makes vectors of: what they compute does not depend
// on how long those are.
constexpr std::size_t lanes = 32;
constexpr std::size_t leaf = 1024;

/// Calls `add(lane, element)` with each element and the number of its lane.
template <class T, class Add>
HWY_INLINE void for_each_lane(std::span<const T> values, Add&& add)
{
    const std::size_t whole = values.size() / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) add(lane, values[i + lane]);
    for (std::size_t i = whole; i < values.size(); ++i) add(i - whole, values[i]);
}

/// Adds the lanes up, two by two: `add(lane, other)`.
template <class Add>
HWY_INLINE void fold(Add&& add)
{
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
        for (std::size_t lane = 0; lane < half; ++lane) add(lane, lane + half);
}

/// Adds a number to a sum and what that loses to another.
HWY_INLINE void add_exactly(double& high, double& low, double number)
{
    const TwoSum next = two_sum(high, number);
    low += next.lost;
    high = next.sum;
}

HWY_INLINE DoubleSum sum_of(std::span<const double> values)
{
    std::array<double, lanes> high{};
    std::array<double, lanes> low{};
    for_each_lane(values, [&](std::size_t lane, double value) { add_exactly(high[lane], low[lane], value); });
    fold([&](std::size_t lane, std::size_t other) {
        low[lane] += low[other];
        add_exactly(high[lane], low[lane], high[other]);
    });
    DoubleSum sum;
    sum.add({high[0], low[0]});
    return sum;
}

// Sums of 1,024 of these lose next to nothing in float64.
HWY_INLINE DoubleSum sum_of(std::span<const float> values)
{
    std::array<double, lanes> sums{};
    for_each_lane(values, [&](std::size_t lane, float value) { sums[lane] += static_cast<double>(value); });
    fold([&](std::size_t lane, std::size_t other) { sums[lane] += sums[other]; });
    return {sums[0], 0};
}

template <class T>
HWY_INLINE Int128 sum_of(std::span<const T> values)
{
    std::array<std::int64_t, lanes> sums{};
    if constexpr (sizeof(T) < sizeof(std::int64_t)) {
        for_each_lane(values, [&](std::size_t lane, T value) { sums[lane] += std::int64_t{value}; });
        fold([&](std::size_t lane, std::size_t other) { sums[lane] += sums[other]; });
        return sums[0];
    } else { // the halves of each apart, whose sums cannot overflow
        std::array<std::int64_t, lanes> lower{};
        for_each_lane(values, [&](std::size_t lane, T value) {
            lower[lane] += std::int64_t{static_cast<std::uint32_t>(value)};
            sums[lane] += static_cast<std::int64_t>(value >> 32);
        });
        fold([&](std::size_t lane, std::size_t other) {
            lower[lane] += lower[other];
            sums[lane] += sums[other];
        });
        return (Int128{sums[0]} << 32) + lower[0];
    }
}

template <class T, class Difference>
HWY_INLINE double squares_of(std::span<const T> values, Difference&& difference)
{
    std::array<double, lanes> sums{};
    for_each_lane(values, [&](std::size_t lane, T value) {
        const double of_value = difference(value);
        sums[lane] += of_value * of_value;
    });
    fold([&](std::size_t lane, std::size_t other) { sums[lane] += sums[other]; });
    return sums[0];
}

template <class T, class Value>
HWY_INLINE double deviations_of(std::span<const T> values, const Reduction<Value>& known)
{
    if constexpr (std::is_integral_v<T> && sizeof(T) == sizeof(std::int64_t)) {
        // float64 does not hold such integers, but their differences to one near the mean: those of the
        // halves of both cannot overflow.
        const Int128 count = known.elements;
        const auto near = static_cast<T>(known.sum / count);
        const double rest = static_cast<double>(known.sum % count) / static_cast<double>(known.elements);
        const auto upper = static_cast<std::int64_t>(near >> 32);
        const auto lower = std::int64_t{static_cast<std::uint32_t>(near)};
        return squares_of(values, [&](T value) {
            const auto of_upper = static_cast<double>(static_cast<std::int64_t>(value >> 32) - upper);
            const auto of_lower =
                static_cast<double>(std::int64_t{static_cast<std::uint32_t>(value)} - lower);
            return of_upper * 0x1p32 + of_lower - rest;
        });
    } else {
        const double mean = known.mean();
        return squares_of(values, [&](T value) { return static_cast<double>(value) - mean; });
    }
}

template <class T, class Is>
HWY_INLINE Index count_of(std::span<const T> values, Is&& is)
{
    std::array<std::int32_t, lanes> counts{};
    for_each_lane(values, [&](std::size_t lane, T value) { counts[lane] += is(value) ? 1 : 0; });
    fold([&](std::size_t lane, std::size_t other) { counts[lane] += counts[other]; });
    return counts[0];
}

/// The smallest and the largest; none is NaN.
template <class T>
HWY_INLINE std::pair<T, T> extremes_of(std::span<const T> values)
{
    std::array<T, lanes> least;
    std::array<T, lanes> most;
    least.fill(values.front());
    most.fill(values.front());
    for_each_lane(values, [&](std::size_t lane, T value) {
        least[lane] = value < least[lane] ? value : least[lane];
        most[lane] = value > most[lane] ? value : most[lane];
    });
    return {*std::min_element(least.begin(), least.end()), *std::max_element(most.begin(), most.end())};
}

/// Notes an extreme of a leaf, which is looked for only where it is one of the part. `first`: place of the
/// leaf's first element.
template <class T, class Wide, class IsBeyond>
HWY_INLINE void note(Extreme<Wide>& extreme, T found, std::span<const T> values, Index first,
                     IsBeyond&& is_beyond)
{
    const auto value = static_cast<Wide>(found);
    if (extreme.place >= 0 && (extreme.value != extreme.value || !is_beyond(value, extreme.value))) return;
    extreme = {value, first + (std::find(values.begin(), values.end(), found) - values.begin())};
}

/// The extremes of a leaf of which some, but not all, may be NaN.
template <class T, class Value>
HWY_INLINE void note_extremes(std::span<const T> values, std::span<const T> numbers, Index first,
                              Reduction<Value>& all)
{
    if (numbers.empty()) return;
    const auto [least, most] = extremes_of(numbers);
    note(all.least, least, values, first, [](auto a, auto b) { return a < b; });
    note(all.most, most, values, first, [](auto a, auto b) { return a > b; });
}

/// Takes the elements of a leaf that are NaN out of it, or makes them its extremes. Returns the others.
template <class T>
HWY_INLINE std::span<const T> without_nan(std::span<const T> values, const Wanted& wanted,
                                          std::array<T, leaf>& numbers, Index first, Reduction<double>& all)
{
    const auto is_nan = [](T value) { return value != value; };
    if (!(wanted.skip_nan || wanted.extremes) || count_of(values, is_nan) == 0) return values;
    if (!wanted.skip_nan && all.least.value == all.least.value) {
        const auto at = std::find_if(values.begin(), values.end(), is_nan) - values.begin();
        all.least = all.most = {std::numeric_limits<double>::quiet_NaN(), first + at};
    }
    const auto end = std::remove_copy_if(values.begin(), values.end(), numbers.begin(), is_nan);
    return {numbers.begin(), end};
}

template <class T, class Value>
HWY_INLINE void add_leaf(std::span<const T> values, Index first, const Wanted& wanted, Reduction<Value>& all)
{
    std::array<T, leaf> others;
    std::span<const T> numbers = values;
    if constexpr (std::is_same_v<Value, double>) {
        if (wanted.nonfinite)
            all.nonfinite += count_of(values, [](T value) { return !(value - value == 0); });
        numbers = without_nan(values, wanted, others, first, all);
    }
    if (wanted.extremes) note_extremes(values, numbers, first, all);
    if (wanted.skip_nan) values = numbers;
    Reduction<Value> of_leaf;
    of_leaf.elements = std::ssize(values);
    if (wanted.sum) of_leaf.sum = sum_of(values);
    if (wanted.deviations) of_leaf.deviations = deviations_of(values, of_leaf);
    all.merge(of_leaf);
}

template <class T, class Value>
HWY_INLINE void add_part(const std::byte* part, std::size_t bytes, const Wanted& wanted,
                         Reduction<Value>& all)
{
    const std::span<const T> values(reinterpret_cast<const T*>(part), bytes / sizeof(T));
    for (std::size_t first = 0; first < values.size(); first += leaf)
        add_leaf(values.subspan(first, std::min(leaf, values.size() - first)), static_cast<Index>(first),
                 wanted, all);
}

void add_integers(Element element, const std::byte* part, std::size_t bytes, const Wanted& wanted,
                  Reduction<std::int64_t>& all)
{
    switch (element) {
    case Element::int8:
        return add_part<std::int8_t>(part, bytes, wanted, all);
    case Element::uint8:
        return add_part<std::uint8_t>(part, bytes, wanted, all);
    case Element::int16:
        return add_part<std::int16_t>(part, bytes, wanted, all);
    case Element::uint16:
        return add_part<std::uint16_t>(part, bytes, wanted, all);
    case Element::int32:
        return add_part<std::int32_t>(part, bytes, wanted, all);
    case Element::uint32:
        return add_part<std::uint32_t>(part, bytes, wanted, all);
    case Element::uint64:
        return add_part<std::uint64_t>(part, bytes, wanted, all);
    default:
        return add_part<std::int64_t>(part, bytes, wanted, all);
    }
}

void add_reals(Element element, const std::byte* part, std::size_t bytes, const Wanted& wanted,
               Reduction<double>& all)
{
    if (element == Element::float32) return add_part<float>(part, bytes, wanted, all);
    add_part<double>(part, bytes, wanted, all);
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(add_integers);
HWY_EXPORT(add_reals);

Reduction<std::int64_t> reduce_integers(Element element, std::span<const std::byte> part,
                                        const Wanted& wanted)
{
    Reduction<std::int64_t> all;
    HWY_DYNAMIC_DISPATCH(add_integers)(element, part.data(), part.size(), wanted, all);
    return all;
}

Reduction<double> reduce_reals(Element element, std::span<const std::byte> part, const Wanted& wanted)
{
    Reduction<double> all;
    HWY_DYNAMIC_DISPATCH(add_reals)(element, part.data(), part.size(), wanted, all);
    return all;
}

} // namespace swather
#endif
