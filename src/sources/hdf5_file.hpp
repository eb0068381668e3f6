// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"

#include <string>

namespace swather {

/// Local. Whether a file is of HDF5.
bool is_hdf5(const std::string& path);

/// Local. Opens an input for reading. `Exit::bad_data`: no file of HDF5, or a damaged one.
h5::Id open_hdf5_file(const std::string& path);

} // namespace swather
