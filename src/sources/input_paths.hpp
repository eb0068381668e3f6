// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace swather {

/// Local. The files that paths and globs name, those of a glob in natural order: echo2 before echo10.
/// `Exit::cannot_read`: a glob that names none.
std::vector<std::string> files_of(const std::vector<std::string>& paths);

/// An input as it is named: a file, or FILE.h5:/PATH, what a file of HDF5 has there.
struct InputName {
    std::string path;
    std::string inside; ///< of a file of HDF5, with its first slash; else empty

    /// Local. As it was named.
    [[nodiscard]] std::string text() const { return inside.empty() ? path : path + ":" + inside; }
};

/// Local. Splits a name at its first ":/", unless a file is called so, or it is an address (http://…).
InputName split_name(const std::string& name);
/// Local. The inputs that names and globs mean, in the order of files_of, whose errors it has.
std::vector<InputName> inputs_of(const std::vector<std::string>& names);

} // namespace swather
