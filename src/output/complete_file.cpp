// SPDX-License-Identifier: MIT
#include "output/complete_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace swather::h5 {

Id open_complete(const std::string& path)
{
    if (::access(path.c_str(), R_OK) != 0) throw system_error(Exit::cannot_read, errno, "open", path);
    if (std::filesystem::is_directory(path)) throw system_error(Exit::cannot_read, EISDIR, "open", path);
    Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (file < 0 || H5Aexists(file, "encoding-type") <= 0 || H5Aexists(file, "complete") <= 0 ||
        read_text_attribute(file, "encoding-type") != "swather")
        throw Error(Exit::bad_data, "'{}' is not an output file of swather", path);
    if (read_number_attribute(file, "complete") != 1)
        throw Error(Exit::bad_data, "'{}' is not complete: a run was ended while it wrote this file", path)
            .remedy("run the same command again with --resume");
    return file;
}

} // namespace swather::h5
