// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_box.hpp"
#include "grid/array_domain.hpp"
#include "sources/array_place.hpp"

namespace swather {

/// What there is to know of a dataset before its elements are read.
struct Hdf5Array {
    ArrayPlace place;
    std::vector<Axis> axes;               ///< by the names of its dimension scales, else d0, d1 …
    std::vector<Index> chunk;             ///< its size along each axis; 1 of a dataset that is not chunked
    std::vector<std::string> conventions; ///< attributes as scale_factor, which are not applied
};

/// Local. Looks at a dataset. `Exit::cannot_read`: it is not there; `Exit::bad_data`: no file of HDF5, a
/// damaged one, a dataset that is not of integers, float32 or float64, or of no elements.
Hdf5Array look_at_hdf5(const std::string& path, const std::string& dataset);

} // namespace swather
