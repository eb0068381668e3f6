// SPDX-License-Identifier: MIT
#include "sources/input_paths.hpp"

#include "base/error.hpp"
#include "base/natural_order.hpp"

#include <glob.h>

#include <algorithm>
#include <filesystem>

namespace swather {

std::vector<std::string> files_of(const std::vector<std::string>& paths)
{
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        if (path.empty())
            throw Error(Exit::usage, "the name of an input is empty").remedy("is a shell variable not set?");
        if (path.find_first_of("*?[") == std::string::npos || std::filesystem::exists(path)) {
            files.push_back(path);
            continue;
        }
        const std::ptrdiff_t before = std::ssize(files);
        glob_t found{};
        if (::glob(path.c_str(), GLOB_ERR | GLOB_NOSORT, nullptr, &found) == 0)
            files.insert(files.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
        std::sort(files.begin() + before, files.end(), naturally_before);
        const bool none = found.gl_pathc == 0;
        ::globfree(&found);
        if (none) throw Error(Exit::cannot_read, "no file is named like '{}'", path);
    }
    return files;
}

InputName split_name(const std::string& name)
{
    const std::size_t colon = name.find(":/");
    const bool is_address = colon != name.npos && name.substr(colon).starts_with("://");
    if (colon == name.npos || colon == 0 || is_address || std::filesystem::exists(name)) return {name, ""};
    return {name.substr(0, colon), name.substr(colon + 1)};
}

std::vector<InputName> inputs_of(const std::vector<std::string>& names)
{
    std::vector<InputName> inputs;
    for (const std::string& name : names) {
        const InputName one = split_name(name);
        for (std::string& path : files_of({one.path})) inputs.push_back({std::move(path), one.inside});
    }
    return inputs;
}

} // namespace swather
