// SPDX-License-Identifier: MIT
#pragma once

#include "base/fingerprint.hpp"

#include <string>
#include <vector>

namespace swather {

/// What a file was when it was looked at: enough to see that it changed, cheap enough to ask twice.
struct Identity {
    std::string path; ///< absolute, without symbolic links
    std::int64_t size = 0;
    std::string modified; ///< seconds since 1970, with nanoseconds
    std::string hash;     ///< XXH3 (64 bits) of the first and last 64 KiB, or of the whole file

    friend bool operator==(const Identity&, const Identity&) = default;
};

/// Local. `Exit::cannot_read` where a path is not a file that every rank can open and seek in.
void check_input(const std::string& path);

/// Local. Bytes of a file. `Exit::cannot_read`.
std::int64_t size_of_input(const std::string& path);

/// Local. The identity of a file; `whole` hashes all of it. A file that cannot be read is
/// `Exit::cannot_read`.
Identity identify(const std::string& path, bool whole);

/// Local. Warns where an index is older than what it is of.
void warn_of_older(const std::string& index, const std::string& path);

/// Local. Adds the facts of an input to a fingerprint.
void add(Fingerprint& fingerprint, const Identity& identity);

} // namespace swather
