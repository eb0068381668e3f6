// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace swather {

/// No depth is stored as more than this: what is deeper is called so deep.
inline constexpr std::int32_t deepest = std::numeric_limits<std::int32_t>::max();

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
        step(inside.begin, count);
        step(inside.end, -count);
    }

    /// Local. The depth of each cell, or `deepest`. Each run is clipped to its piece, so that the sum is 0
    /// again where the next piece begins.
    std::vector<std::int32_t> sums() &&
    {
        std::int64_t depth = 0;
        auto wrapped = wraps_.begin();
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            depth += steps_[i];
            if (wrapped != wraps_.end() && wrapped->first == i) depth += (wrapped++)->second;
            steps_[i] = static_cast<std::int32_t>(std::clamp<std::int64_t>(depth, -deepest, deepest));
        }
        steps_.pop_back();
        return std::move(steps_);
    }

private:
    void step(Index cell, std::int32_t count)
    {
        const auto i = static_cast<std::size_t>(cell - core_.begin);
        if (__builtin_add_overflow(steps_[i], count, &steps_[i])) [[unlikely]]
            wraps_[i] += count > 0 ? std::int64_t{1} << 32 : -(std::int64_t{1} << 32);
    }

    Box core_;
    std::vector<std::int32_t> steps_;
    std::map<std::size_t, std::int64_t> wraps_; ///< what steps of more than two thousand million lack
};

} // namespace swather
