// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <span>

namespace swather {

/// Local. Divides each of some integers by a positive one, and rounds down, also those below zero.
/// `bits`: no magnitude is above two to this power; up to 52 it is done in vectors.
void floor_quotients(std::span<Index> values, Index by, int bits);

} // namespace swather
