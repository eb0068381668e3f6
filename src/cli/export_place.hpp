// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <utility>

namespace swather {

/// Local. That `path` can become a file, or with `force` replace one. `Exit::cannot_create`: it cannot;
/// `option` is what gives it another name.
void check_place(const std::string& path, const std::string& option, bool force);

/// Local. That files can be made in a folder. `Exit::cannot_create`: it is none, or cannot be written into.
void check_folder(const std::string& folder, const std::string& option);

/// The files that are to be made of another: each once, and none of them the one that is read.
class ExportPlaces {
public:
    /// Local. `force`: files that are there may be replaced.
    ExportPlaces(std::string source, bool force)
        : source_(std::move(source))
        , force_(force)
    {
    }

    /// Local. That `target` can be made. `Exit::cannot_create`: it cannot; `Exit::usage`: it is the source,
    /// one that is made already, or no name of a file.
    void add(const std::string& target, const std::string& option);

private:
    std::string source_;
    bool force_;
    std::set<std::filesystem::path> taken_;
};

} // namespace swather
