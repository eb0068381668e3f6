// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"
#include "results/column.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace swather::h5 {

/// What stands for the values of a column, or of a dataset.
struct Digest {
    Index values = 0;
    std::uint64_t hash = 0; ///< XXH3

    friend bool operator==(const Digest&, const Digest&) = default;
};
/// Of each dataset that a column becomes: its name, and what it must read as.
using Digests = std::vector<std::pair<std::string, Digest>>;

/// Local. Whether texts can be strings of HDF5 as far as their values go: none is over 256 bytes, has a NUL,
/// or is no UTF-8.
bool can_be_strings(const Texts& texts);

/// Local. Writes a column as a dataset of `group`. Text of more than a million rows or 16 MiB, or whose
/// values cannot be strings, becomes NAME_bytes and NAME_offset: variable-length strings cost too much there.
/// Returns what it must read as.
Digests write_column(hid_t group, hid_t dimension, const Column& column);
/// Local. The same of a column that is made as it is written.
Digests write_column(hid_t group, hid_t dimension, const LateColumn& column, Index rows);
/// Local. What a one-dimensional dataset reads as.
Digest digest_of(hid_t file, const std::string& path);

} // namespace swather::h5
