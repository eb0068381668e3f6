// SPDX-License-Identifier: MIT
#pragma once

#include "sources/text_file.hpp"

#include <string>

namespace swather {

/// Inputs that cannot be sought are inflated once, by root, into a file of the journal's folder, from which
/// all ranks then read their blocks.
struct Staged {
    std::string path; ///< empty where the text was only measured
    Index size = 0;   ///< of the text
};

/// Local. Inflates a gzip file of any number of members into `folder`, with a log line, or without a folder
/// only measures its text. One that an earlier run has staged is taken where its text is still what it was. A
/// damaged or truncated file is `Exit::bad_data`, a full disk `Exit::io`.
Staged stage_gzip(const std::string& path, const std::string& folder);

/// Local. The first `size` bytes of the text of a file, or all of it. Errors as of TextFile and of
/// stage_gzip.
std::string front_of_text(const std::string& path, Packing packing, std::size_t size);

} // namespace swather
