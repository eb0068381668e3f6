// SPDX-License-Identifier: MIT
#include "sources/base_letters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sources/base_letters.cpp"
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A byte is one of the letters where the classes of its two halves have a bit in common (Langdale and Lemire,
// "Parsing gigabytes of JSON per second", 3.1.2): bit 0 is that of 0x2., bit 1 of 0x4. and 0x6., bit 2 of
// 0x5. and 0x7..
alignas(16) constexpr std::array<std::uint8_t, 16> of_high{0, 0, 1, 0, 2, 4, 2, 4};
alignas(16) constexpr std::array<std::uint8_t, 16> of_low{
    0,     // @ P
    2,     // A Q
    2 | 4, // B R
    2 | 4, // C S
    2 | 4, // D T
    4,     // E U
    4,     // F V
    2 | 4, // G W
    2 | 4, // H X
    4,     // I Y
    0,     // J Z
    2,     // K
    0,     // L
    1 | 2, // - M
    2,     // N
    0,     // O
};

std::size_t find_foreign(const std::uint8_t* text, std::size_t size)
{
    const hn::ScalableTag<std::uint8_t> tag;
    const std::size_t lanes = hn::Lanes(tag);
    const auto high = hn::LoadDup128(tag, of_high.data());
    const auto low = hn::LoadDup128(tag, of_low.data());
    const auto find = [&](const std::uint8_t* from) {
        const auto bytes = hn::LoadU(tag, from);
        const auto classes =
            hn::And(hn::TableLookupBytes(high, hn::ShiftRight<4>(bytes)),
                    hn::TableLookupBytes(low, hn::And(bytes, hn::Set(tag, std::uint8_t{0xf}))));
        return hn::FindFirstTrue(tag, hn::Eq(classes, hn::Zero(tag)));
    };
    std::size_t begin = 0;
    for (; begin + lanes <= size; begin += lanes)
        if (const auto found = find(text + begin); found >= 0) return begin + static_cast<std::size_t>(found);
    if (begin == size) return size;
    HWY_ALIGN std::array<std::uint8_t, HWY_MAX_BYTES> rest;
    rest.fill('N');
    std::copy(text + begin, text + size, rest.begin());
    const auto found = find(rest.data());
    return found >= 0 ? begin + static_cast<std::size_t>(found) : size;
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(find_foreign);

std::size_t first_foreign_letter(std::string_view text)
{
    return HWY_DYNAMIC_DISPATCH(find_foreign)(reinterpret_cast<const std::uint8_t*>(text.data()),
                                              text.size());
}

} // namespace swather
#endif
