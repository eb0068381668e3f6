// SPDX-License-Identifier: MIT
#include "sources/input_paths.hpp"

#include "base/error.hpp"

#include <glob.h>

#include <filesystem>

namespace swather {

std::vector<std::string> files_of(const std::vector<std::string>& paths)
{
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        if (path.find_first_of("*?[") == std::string::npos || std::filesystem::exists(path)) {
            files.push_back(path);
            continue;
        }
        glob_t found{};
        if (::glob(path.c_str(), GLOB_ERR, nullptr, &found) == 0) // they come sorted
            files.insert(files.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
        const bool none = found.gl_pathc == 0;
        ::globfree(&found);
        if (none) throw Error(Exit::cannot_read, "no file is named like '{}'", path);
    }
    return files;
}

} // namespace swather
