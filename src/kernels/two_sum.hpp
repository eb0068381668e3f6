// SPDX-License-Identifier: MIT
#pragma once

namespace swather {

/// A sum of two numbers, rounded, and what rounding took from it, exactly.
struct TwoSum {
    double sum;
    double lost;
};

/// Local. a + b (Knuth, The Art of Computer Programming 2, 4.2.2, theorem B). Of a sum that is not finite,
/// what was lost is no number.
inline TwoSum two_sum(double a, double b)
{
    const double sum = a + b;
    const double of_b = sum - a;
    return {sum, (a - (sum - of_b)) + (b - of_b)};
}

} // namespace swather
