// SPDX-License-Identifier: MIT
#pragma once

#include "base/int128.hpp"
#include "grid/box.hpp"
#include "kernels/two_sum.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace swather {

/// A sum of reals to twice the digits of one: what rounding takes from the sum is summed too.
struct DoubleSum {
    double high = 0;
    double low = 0;

    void add(const DoubleSum& later)
    {
        const auto [sum, rounded] = two_sum(high, later.high);
        if (!std::isfinite(sum)) { // of what is no number, or beyond a double's range, nothing is lost
            *this = {sum, 0};
            return;
        }
        const double lost = rounded + (low + later.low);
        high = sum + lost;
        low = lost - (high - sum);
    }

    /// The sum by a number of elements, to as many digits.
    [[nodiscard]] DoubleSum by(double elements) const
    {
        const double quotient = high / elements;
        return {quotient, (std::fma(-quotient, elements, high) + low) / elements};
    }

    explicit operator double() const { return high; }
};

/// The smallest or the largest of some elements, the first of equal ones; NaN is both, as numpy has it.
template <class Value>
struct Extreme {
    Value value{};
    Index place = -1; ///< of the element; -1: there is none

    /// `is_beyond(a, b)`: a is smaller, or larger.
    template <class IsBeyond>
    void merge(const Extreme& other, IsBeyond&& is_beyond)
    {
        if (other.place < 0) return;
        const bool is_nan = value != value;
        const bool other_is_nan = other.value != other.value;
        const bool is_equal = value == other.value || (is_nan && other_is_nan);
        const bool is_first = is_equal && other.place < place;
        if (place < 0 || is_first || (!is_nan && (other_is_nan || is_beyond(other.value, value))))
            *this = other;
    }
};

/// What is known of some elements of an array: of integers (Value is std::int64_t) or reals (double). The
/// reductions of parts of the elements are merged in one order; a default one is that of none.
template <class Value>
struct Reduction {
    using Sum = std::conditional_t<std::is_same_v<Value, double>, DoubleSum, Int128>;
    /// Of integers wide enough for any of 64 bits, with a sign or without.
    using Wide = std::conditional_t<std::is_same_v<Value, double>, double, Int128>;

    Sum sum{};             ///< of integers exact
    Index elements = 0;    ///< that are not left out
    Index nonfinite = 0;   ///< NaN and infinite ones, those that are left out too
    double deviations = 0; ///< sum of the squared differences to the mean
    Extreme<Wide> least, most;

    [[nodiscard]] double mean() const
    {
        if (elements == 0) return std::numeric_limits<double>::quiet_NaN();
        return static_cast<double>(sum) / static_cast<double>(elements);
    }

    /// The mean to twice the digits, for differences of means that are far from zero.
    [[nodiscard]] DoubleSum exact_mean() const
    {
        const auto count = static_cast<double>(elements);
        if constexpr (std::is_same_v<Sum, DoubleSum>) {
            return sum.by(count);
        } else {
            const auto rounded = static_cast<double>(sum);
            return DoubleSum{rounded, static_cast<double>(sum - static_cast<Int128>(rounded))}.by(count);
        }
    }

    void merge(const Reduction& later)
    {
        nonfinite += later.nonfinite;
        least.merge(later.least, [](Wide a, Wide b) { return a < b; });
        most.merge(later.most, [](Wide a, Wide b) { return a > b; });
        if (later.elements == 0) return;
        if (elements > 0) { // Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115
            const auto mine = static_cast<double>(elements);
            const auto others = static_cast<double>(later.elements);
            const DoubleSum here = exact_mean();
            const DoubleSum there = later.exact_mean();
            const double difference = (there.high - here.high) + (there.low - here.low);
            deviations += difference * difference * (mine * others / (mine + others));
        }
        deviations += later.deviations;
        elements += later.elements;
        if constexpr (std::is_same_v<Sum, DoubleSum>)
            sum.add(later.sum);
        else
            sum += later.sum;
    }
};

} // namespace swather
