// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"
#include "kernels/reduction.hpp"

#include <cstddef>
#include <span>

namespace swather {

/// What is to be known of elements: each takes time.
struct Wanted {
    bool sum = false;        ///< of them, exactly or to twice the digits of float64
    bool deviations = false; ///< and the sum, which these need
    bool extremes = false;
    bool nonfinite = false;
    bool skip_nan = false; ///< NaN is left out of all of these but the last
};

/// Local. Elements of one result, in their order, which all are of one type: an integer for the first, a real
/// for the second. Those of 1,024 at a time are summed in 32 lanes, so that it is the same on any CPU. The
/// places of extremes are counted from the first element.
Reduction<std::int64_t> reduce_integers(Element element, std::span<const std::byte> part,
                                        const Wanted& wanted);
Reduction<double> reduce_reals(Element element, std::span<const std::byte> part, const Wanted& wanted);

} // namespace swather
