// SPDX-License-Identifier: MIT
#include "sources/reads_errors.hpp"

namespace swather {

Error damaged_reads(const std::string& path, std::uint64_t byte)
{
    return Error(Exit::bad_data, "'{}' is truncated or corrupt near byte {}", path, byte)
        .remedy("check it with 'samtools quickcheck -v', copy or make it again; if it is good, its index "
                "is another file's: samtools index '{}'",
                path);
}

Error foreign_ranges(const std::string& path, std::uint64_t byte, std::string_view finding)
{
    return Error(Exit::bad_data, "the index of '{}' belongs to another file: near byte {} {}", path, byte,
                 finding)
        .remedy("make it again: samtools index '{}'", path);
}

Error foreign_index(const std::string& index, const std::string& path, std::string_view finding)
{
    return Error(Exit::bad_data, "the index '{}' belongs to another file: {}", index, finding)
        .remedy("make it again: samtools index '{}'", path);
}

Error points_beyond(const std::string& index, const std::string& path, std::uint64_t byte,
                    std::uint64_t file_size)
{
    return Error(Exit::bad_data,
                 "'{}' is truncated, or its index '{}' belongs to another file: the index points to byte {}, "
                 "the file has {}",
                 path, index, byte, file_size)
        .remedy("copy or make it again; if it is good: samtools index '{}'", path);
}

} // namespace swather
