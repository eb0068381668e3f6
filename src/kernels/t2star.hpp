// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "kernels/fit_flags.hpp"

#include <Eigen/Core>

#include <vector>

namespace swather {

/// The decay of some voxels: a row for each voxel, so that each map is contiguous. Times are in the units of
/// the echo times.
///
/// Of a voxel without a fit all is 0: of one that is not finite, or has fewer than two positive signals.
struct T2StarFit {
    struct Map {
        enum Column : int { t2star, s0, r2star, residual, count };
    };
    Eigen::Matrix<double, Eigen::Dynamic, Map::count> maps;
    std::vector<FitFlags> flags;

    /// Local. Whether a voxel has a fit.
    [[nodiscard]] bool is_there(Index voxel) const { return maps(voxel, Map::t2star) != 0; }
    /// Local. T2*, S0 in the units of the image, R2* = 1/T2*, and the root mean square of what the fit
    /// leaves.
    [[nodiscard]] auto t2star() const { return maps.col(Map::t2star); }
    [[nodiscard]] auto s0() const { return maps.col(Map::s0); }
    [[nodiscard]] auto r2star() const { return maps.col(Map::r2star); }
    [[nodiscard]] auto residual() const { return maps.col(Map::residual); }
};

/// Fits S = S0·exp(−TE/T2*), S0 ≥ 0 and 0 < T2* ≤ a bound, by least squares of the signals.
///
/// Begins with the line through the logarithms of the positive signals, and goes on by Levenberg–Marquardt in
/// S0 and R2* (Marquardt's scaling; damping by Nielsen, as in Madsen, Nielsen and Tingleff, Methods for
/// non-linear least squares problems, 2nd edition 2004, section 3.2), projected to the bounds (Kanzow,
/// Yamashita and Fukushima 2004, doi:10.1016/j.cam.2004.02.013).
class T2StarModel {
public:
    struct Options {
        double max_t2star = 500; ///< in the units of the echo times: of milliseconds half a second
    };

    /// Fewer than two different echo times, or one that is negative or not finite, is `Exit::bad_data`; a
    /// bound that is not positive is `Exit::usage`.
    T2StarModel(std::vector<double> echo_times, Options options);

    /// Local. The decay of each voxel. `series` is voxels × echoes: an echo is contiguous. A voxel that does
    /// not converge keeps the line's fit. One with any signal that is not positive has the flag no_signal, a
    /// constant one the bound.
    [[nodiscard]] T2StarFit
    fit(const Eigen::Ref<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>& series) const;

private:
    std::vector<double> echo_times_;
    double least_rate_;
};

} // namespace swather
