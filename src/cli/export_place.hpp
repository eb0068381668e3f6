// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. That `path` can become a file, or with `force` replace one. `Exit::cannot_create`: it cannot;
/// `option` is what gives it another name.
void check_place(const std::string& path, const std::string& option, bool force);

/// Local. That files can be made in a folder. `Exit::cannot_create`: it is none, or cannot be written into.
void check_folder(const std::string& folder, const std::string& option);

} // namespace swather
