// SPDX-License-Identifier: MIT
#include "cli/export_place.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace swather {

namespace fs = std::filesystem;

void check_place(const std::string& path, const std::string& option, bool force)
{
    if (!fs::exists(fs::symlink_status(path))) return;
    if (!fs::is_regular_file(path))
        throw Error(Exit::cannot_create, "'{}' exists, and is not a file", path)
            .remedy("give another {}", option);
    if (!force)
        throw Error(Exit::cannot_create, "'{}' exists", path)
            .remedy("give another {}, or --force to replace it", option);
}

void check_folder(const std::string& folder, const std::string& option)
{
    if (!fs::is_directory(folder))
        throw Error(Exit::cannot_create, "'{}' is not a folder", folder).remedy("give another {}", option);
    if (::access(folder.c_str(), W_OK) != 0)
        throw system_error(Exit::cannot_create, errno, "write into", folder);
}

void ExportPlaces::add(const std::string& target, const std::string& option)
{
    if (target == "-")
        throw Error(Exit::usage, "{} makes a file, and '-' is none", option)
            .remedy("give it a name; only --tsv prints on stdout");
    check_folder(folder_of(target), option);
    check_place(target, option, force_);
    std::error_code none;
    if (fs::equivalent(source_, target, none))
        throw Error(Exit::usage, "'{}' is to be exported to itself", target)
            .remedy("give another {}", option);
    if (!taken_.insert(fs::absolute(target).lexically_normal()).second)
        throw Error(Exit::usage, "'{}' is to be made twice", target).remedy("give another {}", option);
}

} // namespace swather
