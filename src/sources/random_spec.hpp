// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// An array of random numbers, as the user names it.
struct RandomSpec {
    std::vector<Index> shape;
    Element element = Element::float64; ///< float32 or float64
    std::uint64_t seed = 0;
};

/// Local. Whether a name is that of random numbers: "random:…".
bool is_random_spec(std::string_view name);

/// Local. "random:1000x20:float32:seed=1"; what is not said is as above. `Exit::usage`.
RandomSpec parse_random_spec(const std::string& name);

/// Local. "1000x20"; sizes of at least 1, whose product is below 2⁶⁰. `Exit::usage`; `what` is for messages.
std::vector<Index> parse_shape(std::string_view what, std::string_view text);

} // namespace swather
