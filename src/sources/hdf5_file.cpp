// SPDX-License-Identifier: MIT
#include "sources/hdf5_file.hpp"

namespace swather {

bool is_hdf5(const std::string& path) { return H5Fis_hdf5(path.c_str()) > 0; }

h5::Id open_hdf5_file(const std::string& path)
{
    if (!is_hdf5(path))
        throw Error(Exit::bad_data, "'{}' is no file of HDF5", path)
            .remedy("what stands behind :/ is in a file of HDF5; of another file give the name alone");
    return {h5::check(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT),
                      fmt::format("open '{}' as a file of HDF5", path), Exit::bad_data),
            H5Fclose};
}

} // namespace swather
