// SPDX-License-Identifier: MIT
#pragma once

#include "sources/array_input.hpp"

#include <string>

namespace swather {

/// Local. Looks at a dataset, whose axes have the names of its dimension scales, else d0, d1 …; the chunk is
/// 1 along each where it is not chunked. `Exit::cannot_read`: it is not there; `Exit::bad_data`: no file of
/// HDF5, a damaged one, a dataset that is not of integers, float32 or float64, or of no elements.
OneArray look_at_hdf5(const std::string& path, const std::string& dataset);

} // namespace swather
