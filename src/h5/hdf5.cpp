// SPDX-License-Identifier: MIT
#include "h5/hdf5.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <cstdlib>

namespace swather {

void prepare_hdf5()
{
    // Some network file systems know no locks, and an output is written under a name of its own.
    setenv("HDF5_USE_FILE_LOCKING", "BEST_EFFORT", 0);
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string hdf5_version()
{
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return fmt::format("{}.{}.{}", major, minor, release);
}

} // namespace swather
