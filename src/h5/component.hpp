// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace swather {

/// Local. A text as one component of an HDF5 path; the true name stands beside it as the attribute
/// `long_name`.
std::string path_component(std::string_view text);
/// Local. The name of which this component was made.
std::string name_of_component(std::string_view component);

} // namespace swather
