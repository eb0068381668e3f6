// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "results/texts.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace swather {

// Variable-length strings cost readers and writers too much beyond: such columns are stored as bytes and
// offsets.
inline constexpr Index most_strings = 1'000'000;
inline constexpr std::size_t longest_string = 256;
inline constexpr Index most_string_bytes = 16 << 20;

/// A named list of values along one dimension, as it stands in the file.
struct Column {
    using Values = std::variant<std::vector<std::int32_t>, std::vector<Index>, std::vector<double>, Texts>;

    std::string name;
    Values values;
    std::string long_name; ///< what it is, in words
    std::string units;     ///< empty where it has none
};

/// A column whose values are made some rows at a time, as they are written: of millions, all at once would
/// take too much. What they are made of must still live.
struct LateColumn {
    std::string name;
    std::string long_name;
    std::function<Column::Values(const Box& rows)> values; ///< always of the same type
};

} // namespace swather
