// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace swather {

/// What can be wrong with a BAM or CRAM, to be thrown. `byte`: of the file, where it was seen.

/// Local. Bytes that are no reads.
Error damaged_reads(const std::string& path, std::uint64_t byte);

/// Local. Ranges of the index that are not where reads are.
Error foreign_ranges(const std::string& path, std::uint64_t byte, std::string_view finding);

/// Local. An index that says of the file what is not so.
Error foreign_index(const std::string& index, const std::string& path, std::string_view finding);

/// Local. An index that points to a byte behind the end of the file.
Error points_beyond(const std::string& index, const std::string& path, std::uint64_t byte,
                    std::uint64_t file_size);

} // namespace swather
