// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"

#include <vector>

namespace swather {

/// How many positions have each depth, in the order of depths, as a file has it.
class StoredHistogram {
public:
    /// Local. Of a group with the columns `depth` and `positions`.
    explicit StoredHistogram(hid_t group);

    /// Local. All positions.
    [[nodiscard]] Index all() const { return all_; }
    /// Local. The mean depth of them; 0 of none.
    [[nodiscard]] double mean() const;
    /// Local. As numpy has it: between two positions, in proportion. There must be a position.
    [[nodiscard]] double quantile(double part) const;
    /// Local. The positions that have a depth and more.
    [[nodiscard]] Index at_least(Index depth) const;

private:
    /// Of position number `number`, if they stood in the order of depths.
    [[nodiscard]] Index depth_at(Index number) const;

    std::vector<Index> depths_;
    std::vector<Index> positions_;
    Index all_ = 0;
};

} // namespace swather
