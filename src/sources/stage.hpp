// SPDX-License-Identifier: MIT
#pragma once

#include "sources/text_file.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace swather {

/// Inputs that ranks cannot seek in are made a text once, by root, in a file of the journal's folder, from
/// which all ranks then read their blocks.
struct Staged {
    std::string path; ///< empty where the text was only measured
    Index size = 0;   ///< of the text
};

/// The next bytes of a text, until the call after; empty at its end.
using TextPieces = std::function<std::span<const std::byte>()>;

/// Local. The text of a file, plain or inflated. A damaged or truncated one is `Exit::bad_data`.
TextPieces text_of(const std::string& path, Packing packing);

/// An input of which a text is made.
struct Unsought {
    std::string path;
    std::string part;                 ///< what of the file; empty: all of it
    std::string reason;               ///< the log line that tells why it is staged
    std::string done;                 ///< what is done to it, for the log: "inflated"
    std::function<TextPieces()> open; ///< begins the text
};

/// Local. Writes the text of an input into `folder`, or without a folder only measures it. One that an
/// earlier run has staged is taken where it is still what it was. A full disk is `Exit::io`; other errors are
/// those of the pieces.
Staged stage(const Unsought& input, const std::string& folder);

/// Local. Stages a gzip file of any number of members. A damaged or truncated one is `Exit::bad_data`.
Staged stage_gzip(const std::string& path, const std::string& folder);

/// Local. The first `size` bytes of the text of a file, or all of it. Errors as of TextFile and of
/// stage_gzip.
std::string front_of_text(const std::string& path, Packing packing, std::size_t size);

} // namespace swather
