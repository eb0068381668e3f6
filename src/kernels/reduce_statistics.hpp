// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/reduce_part.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace swather {

/// All statistics that can be asked for.
inline constexpr std::array<std::string_view, 9> all_statistics{"sum", "mean",   "sd",     "var",      "min",
                                                                "max", "argmin", "argmax", "nonfinite"};

/// A number that is made of what is known of the elements of a result: an integer or a real.
template <class Value>
struct Statistic {
    std::string name;
    std::string long_name;
    std::variant<std::function<Index(const Reduction<Value>&)>,
                 std::function<double(const Reduction<Value>&)>>
        value;
};

/// Local. The statistics of these names, in their order. `ddof`: what is taken from the number
/// of elements by which sd and var divide. Their values throw `Exit::bad_data` where an integer is beyond
/// int64.
template <class Value>
std::vector<Statistic<Value>> statistics_of(const std::vector<std::string>& names, double ddof);

/// Local. What must be known of elements for them.
Wanted wanted_for(const std::vector<std::string>& names, bool skip_nan);

} // namespace swather
