// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace swather {

/// The depth of a block while reads are added: a difference at each cell, and one past the last. The
/// algorithm is mosdepth's (Pedersen and Quinlan 2018, doi:10.1093/bioinformatics/btx699): +1 where a run
/// begins, −1 where it ends, then one running sum over the block.
class DepthSteps {
public:
    explicit DepthSteps(const Box& core)
        : core_(core)
        , steps_(static_cast<std::size_t>(core.size()) + 1)
    {
    }

    /// Local. Adds `count` to each cell of `run` inside `clip`, which lies in the block.
    void add(const Box& run, const Box& clip, std::int32_t count = 1)
    {
        const Box inside = intersect(run, clip);
        if (inside.empty()) return;
        steps_[static_cast<std::size_t>(inside.begin - core_.begin)] += count;
        steps_[static_cast<std::size_t>(inside.end - core_.begin)] -= count;
    }

    /// Local. The depth of each cell. Each run is clipped to its piece, so that the sum is 0 again where the
    /// next piece begins.
    std::vector<std::int32_t> sums() &&
    {
        std::inclusive_scan(steps_.begin(), steps_.end(), steps_.begin());
        steps_.pop_back();
        return std::move(steps_);
    }

private:
    Box core_;
    std::vector<std::int32_t> steps_;
};

} // namespace swather
