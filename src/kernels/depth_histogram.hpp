// SPDX-License-Identifier: MIT
#pragma once

#include "results/records.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// How many positions have one depth.
struct DepthCount {
    std::int32_t depth = 0;
    Index positions = 0;
    friend bool operator==(const DepthCount&, const DepthCount&) = default;
};

/// How many positions have each depth that occurs, in the order of depths.
using DepthHistogram = std::vector<DepthCount>;

/// Counts positions by their depth.
class DepthCounter {
public:
    /// Local. Counts positions.
    void add(std::span<const std::int32_t> depths);
    void add(const DepthHistogram& histogram);
    /// Local. What was counted; the counter begins anew.
    DepthHistogram take();

private:
    // Beyond, a depth is rare, and below 0 as good as impossible: only mosdepth's rule for pairs that cover
    // nothing leads there.
    static constexpr std::int32_t usual_depths = 65'536;

    /// Makes room for counts of depths from `least` to `greatest`; whether they are usual ones.
    bool make_room(std::int32_t least, std::int32_t greatest);
    void add(std::int32_t depth, Index positions);

    std::vector<Index> counts_;             ///< of usual depths
    std::map<std::int32_t, Index> unusual_; ///< of the others
    std::size_t first_ = usual_depths;      ///< of the counts that may not be 0
    std::size_t end_ = 0;                   ///< one past the last of them
};

/// Local. Of two parts of one whole.
DepthHistogram merged(const DepthHistogram& a, const DepthHistogram& b);

/// Local. Appends a histogram; takes one off the front.
void put_histogram(std::string& bytes, const DepthHistogram& histogram);
DepthHistogram take_histogram(std::string_view& bytes);

/// What a histogram says of its positions; 0 where it has none.
struct DepthStatistics {
    Index positions = 0;
    Index covered = 0; ///< of depth 1 and more
    Index sum = 0;     ///< of the depths
    std::int32_t min = 0;
    std::int32_t max = 0;
    Index middles = 0; ///< sum of the two depths in the middle

    [[nodiscard]] double mean() const
    {
        return positions == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(positions);
    }
    /// Local. As numpy has it: of an even number of positions, half-way between the two in the middle.
    [[nodiscard]] double median() const { return static_cast<double>(middles) / 2; }
};

/// Local.
DepthStatistics statistics_of(const DepthHistogram& histogram);

} // namespace swather
