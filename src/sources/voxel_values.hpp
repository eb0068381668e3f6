// SPDX-License-Identifier: MIT
#pragma once

#include "sources/image_place.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace swather {

/// Local. The values of some voxels as numbers: of `stored`, voxels end to end, those at `places`.
void gather_values(const VoxelFormat& format, const std::byte* stored, std::span<const std::int32_t> places,
                   double* values);

} // namespace swather
