// SPDX-License-Identifier: MIT
#include "kernels/floor_quotients.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/floor_quotients.cpp"
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Of values of 52 bits, as many as make whole vectors; returns how many. A product with the reciprocal, of
/// which both are rounded, is off by less than 1, and so is what it is rounded down to by 1 at most; what is
/// left, an integer that a double holds, tells.
std::size_t divide(std::span<Index> values, Index by)
{
    const hn::ScalableTag<std::int64_t> integers;
    const hn::RebindToFloat<decltype(integers)> reals;
    const auto divisor = hn::Set(reals, static_cast<double>(by));
    const auto reciprocal = hn::Set(reals, 1 / static_cast<double>(by));
    const auto one = hn::Set(reals, 1.0);
    const std::size_t lanes = hn::Lanes(integers);
    std::size_t done = 0;
    for (; done + lanes <= values.size(); done += lanes) {
        const auto value = hn::ConvertTo(reals, hn::LoadU(integers, values.data() + done));
        auto quotient = hn::Floor(hn::Mul(value, reciprocal));
        const auto left = hn::NegMulAdd(quotient, divisor, value);
        quotient = hn::Sub(quotient, hn::IfThenElseZero(hn::Lt(left, hn::Zero(reals)), one));
        quotient = hn::Add(quotient, hn::IfThenElseZero(hn::Ge(left, divisor), one));
        hn::StoreU(hn::ConvertTo(integers, quotient), integers, values.data() + done);
    }
    return done;
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(divide);

void floor_quotients(std::span<Index> values, Index by, int bits)
{
    constexpr int bits_of_vectors = 52;
    if (by == 1) return;
    const std::size_t done = bits > bits_of_vectors ? 0 : HWY_DYNAMIC_DISPATCH(divide)(values, by);
    for (Index& value : values.subspan(done)) value = value / by - (value % by < 0 ? 1 : 0);
}

} // namespace swather
#endif
