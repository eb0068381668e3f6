// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"

#include <span>
#include <string>
#include <vector>

namespace swather {

/// What the header of a .npy file tells, checked: the elements are less than 2⁶³ bytes.
struct NpyHeader {
    Element element = Element::float64;
    bool swapped = false;       ///< not in this machine's order of bytes
    bool first_fastest = false; ///< Fortran's order
    std::vector<Index> shape;   ///< none of a single number
    Index data_offset = 0;      ///< of the first element
};

/// A front of this size has the header of any .npy file that numpy itself loads.
inline constexpr std::size_t npy_header_bytes = 16 << 10;

/// Local. Whether a file that begins so is a .npy file.
bool is_npy(std::span<const std::byte> front);

/// Local. Reads the header of a .npy file, version 1 to 3
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), from the front of the file, of
/// which it needs `npy_header_bytes` or all. `path` is for messages. Booleans are uint8. `Exit::bad_data`:
/// damage, and elements that are no real numbers of 8 to 64 bits, or float16.
NpyHeader parse_npy_header(std::span<const std::byte> front, const std::string& path);

} // namespace swather
