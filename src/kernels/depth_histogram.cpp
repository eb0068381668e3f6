// SPDX-License-Identifier: MIT
#include "kernels/depth_histogram.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace swather {

bool DepthCounter::make_room(std::int32_t least, std::int32_t greatest)
{
    if (least < 0 || greatest >= usual_depths) return false;
    first_ = std::min(first_, static_cast<std::size_t>(least));
    end_ = std::max(end_, static_cast<std::size_t>(greatest) + 1);
    if (counts_.size() < end_) counts_.resize(end_);
    return true;
}

void DepthCounter::add(std::span<const std::int32_t> depths)
{
    if (depths.empty()) return;
    std::int32_t least = depths.front();
    std::int32_t greatest = depths.front();
    for (const std::int32_t depth : depths) {
        least = std::min(least, depth);
        greatest = std::max(greatest, depth);
    }
    if (make_room(least, greatest))
        for (const std::int32_t depth : depths) ++counts_[static_cast<std::size_t>(depth)];
    else
        for (const std::int32_t depth : depths) add(depth, 1);
}

void DepthCounter::add(const DepthHistogram& histogram)
{
    for (const auto& [depth, positions] : histogram) add(depth, positions);
}

void DepthCounter::add(std::int32_t depth, Index positions)
{
    if (make_room(depth, depth))
        counts_[static_cast<std::size_t>(depth)] += positions;
    else
        unusual_[depth] += positions;
}

DepthHistogram DepthCounter::take()
{
    DepthHistogram histogram;
    const auto below = unusual_.lower_bound(0);
    for (auto one = unusual_.begin(); one != below; ++one) histogram.push_back({one->first, one->second});
    for (std::size_t depth = first_; depth < end_; ++depth) {
        const Index positions = std::exchange(counts_[depth], 0);
        if (positions > 0) histogram.push_back({static_cast<std::int32_t>(depth), positions});
    }
    for (auto one = below; one != unusual_.end(); ++one) histogram.push_back({one->first, one->second});
    unusual_.clear();
    first_ = usual_depths;
    end_ = 0;
    return histogram;
}

DepthHistogram merged(const DepthHistogram& a, const DepthHistogram& b)
{
    DepthHistogram all;
    all.reserve(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all),
               [](const DepthCount& x, const DepthCount& y) { return x.depth < y.depth; });
    DepthHistogram sums;
    for (const DepthCount& one : all) {
        if (sums.empty() || sums.back().depth != one.depth)
            sums.push_back(one);
        else
            sums.back().positions += one.positions;
    }
    return sums;
}

void put_histogram(std::string& bytes, const DepthHistogram& histogram)
{
    put_varint(bytes, histogram.size());
    std::int64_t before = 0;
    for (const auto& [depth, positions] : histogram) {
        put_signed(bytes, depth - before);
        put_varint(bytes, static_cast<std::uint64_t>(positions));
        before = depth;
    }
}

DepthHistogram take_histogram(std::string_view& bytes)
{
    DepthHistogram histogram;
    std::int64_t depth = 0;
    for (auto left = take_varint(bytes); left > 0; --left) {
        depth += take_signed(bytes);
        histogram.push_back({static_cast<std::int32_t>(depth), static_cast<Index>(take_varint(bytes))});
    }
    return histogram;
}

DepthStatistics statistics_of(const DepthHistogram& histogram)
{
    if (histogram.empty()) return {};
    DepthStatistics found{.min = histogram.front().depth, .max = histogram.back().depth};
    for (const auto& [depth, positions] : histogram) {
        found.positions += positions;
        found.sum += depth * positions;
        if (depth > 0) found.covered += positions;
    }
    const Index low_middle = (found.positions - 1) / 2;
    const Index high_middle = found.positions / 2;
    Index before = 0;
    for (const auto& [depth, positions] : histogram) {
        for (const Index middle : {low_middle, high_middle})
            if (before <= middle && middle < before + positions) found.middles += depth;
        before += positions;
    }
    return found;
}

} // namespace swather
