// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace swather {

/// Random numbers that are a function of a seed and their number alone, so that any part of them can be made
/// anywhere: Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405), its counter of 128 bits the
/// number of four words, its key the seed. Words of 64 bits are two of 32, the lower first.

/// Local. Four words each of the counters from `first` on: `words` is a multiple of four.
void philox(std::uint64_t seed, std::uint64_t first, std::span<std::uint32_t> words);

/// Local. Numbers `first` and on, each of [0, 1): word >> 8 times 2⁻²⁴, or that of 64 bits >> 11 times 2⁻⁵³.
void random_reals(std::uint64_t seed, std::uint64_t first, std::span<float> values);
void random_reals(std::uint64_t seed, std::uint64_t first, std::span<double> values);

} // namespace swather
