// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

namespace swather {

/// Position, count or id on the axis along which a domain is cut. 64 bits everywhere: genomes pass 2^31
/// positions.
using Index = std::int64_t;

/// A half-open interval of the axis along which a domain is cut. Every analysis is cut along one axis only;
/// the other axes of an image or array are whole in every block.
struct Box {
    Index begin = 0;
    Index end = 0;

    [[nodiscard]] constexpr Index size() const { return end - begin; }
    [[nodiscard]] constexpr bool empty() const { return end <= begin; }
    friend constexpr bool operator==(const Box&, const Box&) = default;
};

/// Local. What two boxes share; empty, never negative, where they share nothing.
constexpr Box intersect(const Box& a, const Box& b)
{
    const Index begin = std::max(a.begin, b.begin);
    return {begin, std::max(begin, std::min(a.end, b.end))};
}

/// Local. A box with `halo` more cells on both sides, clipped to `domain`.
constexpr Box grow(const Box& box, Index halo, const Box& domain)
{
    return intersect({box.begin - halo, box.end + halo}, domain);
}

} // namespace swather
