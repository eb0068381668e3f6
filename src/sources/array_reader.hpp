// SPDX-License-Identifier: MIT
#pragma once

#include "sources/array_place.hpp"

#include <memory>
#include <span>

namespace swather {

/// Reads boxes of one array, wherever it is. All is local.
class ArrayReader {
public:
    virtual ~ArrayReader() = default;

    /// Local. The elements of a box, which fill `bytes`, as `ArrayPlace::Numbers::element` says. `Exit::io`,
    /// and `Exit::bad_data` where the file is damaged or has become shorter.
    virtual void read(const ArrayBox& box, std::span<std::byte> bytes) = 0;
};

/// Local. Opens an array. `Exit::cannot_read`: it is not there.
std::unique_ptr<ArrayReader> open_array(const ArrayPlace& place);

/// Local. For each of the places above.
std::unique_ptr<ArrayReader> open_bytes(const ArrayPlace& place);
std::unique_ptr<ArrayReader> open_hdf5(const ArrayPlace& place);
std::unique_ptr<ArrayReader> make_random(const ArrayPlace& place);

} // namespace swather
