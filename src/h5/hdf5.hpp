// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. Before the first use of HDF5: what fails is told by our errors only, files need no locks, and
/// nothing is left to do at the end of the process, where the library would crash over a file whose last
/// write failed.
void prepare_hdf5();

/// Local. The version of HDF5 that runs, "1.10.8".
std::string hdf5_version();

} // namespace swather
