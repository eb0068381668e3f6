// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace swather {

/// Local. A path of this process, for a file or folder that passes.
inline std::string scratch(const std::string& name)
{
    return std::filesystem::temp_directory_path() / fmt::format("swather-bench-{}-{}", ::getpid(), name);
}

/// A file or folder that is gone with this.
struct Passing {
    std::string path;
    ~Passing() { std::filesystem::remove_all(path); }
};

} // namespace swather
