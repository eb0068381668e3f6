// SPDX-License-Identifier: MIT
#include "sources/voxel_values.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace swather {

namespace {

template <class T, bool swapped>
double stored_at(const std::byte* stored, std::int32_t place)
{
    const std::byte* from = stored + static_cast<std::size_t>(place) * sizeof(T);
    T value;
    if constexpr (swapped) {
        std::array<std::byte, sizeof(T)> bytes;
        std::reverse_copy(from, from + sizeof(T), bytes.begin());
        std::memcpy(&value, bytes.data(), sizeof value);
    } else {
        std::memcpy(&value, from, sizeof value);
    }
    return static_cast<double>(value);
}

template <class T, bool swapped>
void gather(const VoxelFormat& format, const std::byte* stored, std::span<const std::int32_t> places,
            double* values)
{
    if (format.slope == 1 && format.intercept == 0)
        for (const std::int32_t place : places) *values++ = stored_at<T, swapped>(stored, place);
    else
        for (const std::int32_t place : places)
            *values++ = format.slope * stored_at<T, swapped>(stored, place) + format.intercept;
}

} // namespace

void gather_values(const VoxelFormat& format, const std::byte* stored, std::span<const std::int32_t> places,
                   double* values)
{
    visit_element(element_of(format.type), [&]<class T>(T) {
        if (format.swapped)
            gather<T, true>(format, stored, places, values);
        else
            gather<T, false>(format, stored, places, values);
    });
}

} // namespace swather
