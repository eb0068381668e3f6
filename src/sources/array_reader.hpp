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

/// Local. Calls `visit(first, length, done)` with each run of a box's elements that lie side by side in an
/// array of these sizes, in order: the element of the array with which it begins, its length, and how many
/// elements of the box are before it.
template <class Visit>
void for_each_run(std::span<const Index> sizes, const ArrayBox& box, Visit&& visit)
{
    // Axes that are whole belong to the run, and one before them.
    std::size_t axis = sizes.size();
    Index run = 1;
    Index stride = 1;
    while (axis > 0) {
        --axis;
        run *= box[axis].size();
        if (box[axis].size() != sizes[axis]) break;
        stride *= sizes[axis];
    }
    Index first = sizes.empty() ? 0 : box[axis].begin * stride;
    if (!sizes.empty()) stride *= sizes[axis];
    const auto descend = [&](auto&& self, std::size_t outer, Index base, Index& done) -> void {
        if (outer == axis) {
            visit(base + first, run, done);
            done += run;
            return;
        }
        Index step = stride;
        for (std::size_t i = outer + 1; i < axis; ++i) step *= sizes[i];
        for (Index i = box[outer].begin; i < box[outer].end; ++i)
            self(self, outer + 1, base + i * step, done);
    };
    Index done = 0;
    descend(descend, 0, 0, done);
}

} // namespace swather
