// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// What mosdepth 0.3.3 makes of depth, to the digit: mosdepth.nim and depthstat.nim.
namespace swather::mosdepth {

/// Length, sum, smallest and largest depth of some positions: a line of its summary.
class Statistic {
public:
    /// Local. Its first is of depth 0 at least, so that the smallest depth of the first contig's regions, and
    /// of all together, is always 0; others begin `empty()`.
    Statistic() = default;
    static Statistic empty();

    void add(Index positions, std::int32_t depth);
    void merge(const Statistic& other);
    /// Local. With an end of line.
    [[nodiscard]] std::string line(std::string_view name) const;
    [[nodiscard]] static std::string header();

private:
    static constexpr std::uint32_t no_depth = std::numeric_limits<std::uint32_t>::max();

    Index length_ = 0;
    Index bases_ = 0;
    std::uint32_t min_ = 0;
    std::uint32_t max_ = 0;
};

/// How many positions have each depth.
class Distribution {
public:
    void add(std::int32_t depth, Index positions);
    void merge(const Distribution& other);
    void clear() { counts_.clear(); }
    /// Local. The part of positions that have each depth or more, from the largest on, a line each; those of
    /// less than 0.00008 are left out.
    [[nodiscard]] std::string lines(std::string_view name) const;

private:
    std::vector<Index> counts_; // by depth
};

/// Local. A number with two decimals, as it writes them.
std::string two_decimals(double number);

} // namespace swather::mosdepth
