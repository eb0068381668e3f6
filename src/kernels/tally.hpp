// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/bins.hpp"
#include "results/shapes.hpp"

#include <algorithm>
#include <vector>

namespace swather {

/// Counts how often each of so many things occurs, of which a block may see few or all: they are listed as
/// long as that takes less than a count of each.
class Tally {
public:
    /// Local. The things are 0, 1 … 2³² − 1 at most.
    explicit Tally(std::size_t things)
        : things_(things)
    {
    }

    /// Local. One more.
    void add(std::size_t thing)
    {
        if (!counts_.empty()) {
            ++counts_[thing];
            return;
        }
        list_.push_back(static_cast<std::uint32_t>(thing));
        if (list_.size() > things_ / 4) count_list();
    }

    /// Local. The counts of those that have occurred.
    [[nodiscard]] Scalar<BinCount> entries() &&
    {
        Scalar<BinCount> found;
        std::sort(list_.begin(), list_.end());
        for (auto first = list_.begin(); first != list_.end();) {
            const auto last = std::upper_bound(first, list_.end(), *first);
            found.entries.push_back({Index{*first}, {last - first}});
            first = last;
        }
        for (std::size_t thing = 0; thing < counts_.size(); ++thing)
            if (counts_[thing] > 0) found.entries.push_back({static_cast<Index>(thing), {counts_[thing]}});
        return found;
    }

private:
    void count_list()
    {
        counts_.resize(things_);
        for (const std::uint32_t thing : list_) ++counts_[thing];
        list_ = {};
    }

    std::size_t things_;
    std::vector<std::uint32_t> list_; ///< each as often as it has occurred; or
    std::vector<Index> counts_;       ///< of each
};

} // namespace swather
