// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace swather {

/// What is odd about the fit of a voxel: bits, of which a map of flags holds a byte for each voxel; 0 where
/// nothing is. Of a voxel without a fit the models give 0, and the maps are NaN.
using FitFlags = std::uint8_t;

namespace fit_flag {
inline constexpr FitFlags outside_mask = 1; ///< no fit
/// A NaN or an infinity in the series: no fit, but of a glm, which takes it for 0. Or values so large that
/// the sum of their squares is no number (some 1e154): no fit.
inline constexpr FitFlags not_finite = 2;
/// All values of the series are the same, or differ by so little that their squares are none (some 1e-154).
inline constexpr FitFlags constant = 4;
inline constexpr FitFlags no_signal = 8; ///< a value that is not positive where a logarithm is needed
inline constexpr FitFlags not_converged =
    16; ///< the iterations did not end: the results are those they began with
inline constexpr FitFlags rank_deficient =
    32; ///< no degrees of freedom are left, or not all unknowns can be told apart
} // namespace fit_flag

} // namespace swather
