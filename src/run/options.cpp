// SPDX-License-Identifier: MIT
#include "run/options.hpp"

#include "output/chunk_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <filesystem>

namespace swather {

namespace {

// About 0.1 s of work: short enough to balance and to lose, long enough that its borders cost nothing.
constexpr double bytes_of_a_block = 8 << 20;
// One window of a BAM index, and four of the largest chunks: some megabytes of results.
constexpr Index smallest_default = 16'384;
constexpr Index largest_default = 1'048'576;

} // namespace

std::string RunOptions::journal() const
{
    const std::filesystem::path out(output);
    if (scratch.empty()) return output + ".journal";
    // Outputs of one name in many folders, one for each sample say, may share a scratch folder.
    const std::string whole = std::filesystem::absolute(out).lexically_normal();
    const auto hash = static_cast<std::uint32_t>(hash_of(std::as_bytes(std::span(whole))));
    return fmt::format("{}/{}-{:08x}.journal", scratch, out.filename().string(), hash);
}

Index RunOptions::block_size_for(Index cells, double bytes) const
{
    if (block_size) return *block_size;
    const double bytes_per_cell = bytes / static_cast<double>(std::max<Index>(cells, 1));
    const double wanted = std::min(bytes_of_a_block / std::max(bytes_per_cell, 1e-9), 1.0 * largest_default);
    const auto power_of_two = static_cast<Index>(std::bit_floor(static_cast<std::uint64_t>(wanted)));
    return std::clamp(power_of_two, smallest_default, largest_default);
}

} // namespace swather
