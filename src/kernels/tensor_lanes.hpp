// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/fit_flags.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace swather {

/// Where each of the maps of a tensor begins.
struct TensorMap {
    enum Column : int { element = 0, s0 = 6, eigenvalue = 7, direction = 10, fa = 13, md, ad, rd, count };
};

/// Six elements of the tensor, and the logarithm of S0.
constexpr std::size_t tensor_unknowns = 7;

/// What is the same for the voxels of an image: logarithms of signals = design · unknowns.
struct TensorProblem {
    std::size_t volumes = 0;
    std::vector<double> design;        ///< volumes × unknowns, row after row
    std::vector<double> pseudoinverse; ///< of the design; transposed, so as the design
    std::array<std::size_t, 6> places; ///< of xx, yy, zz, xy, xz, yz among the elements

    double least_signal = 0;          ///< to which lower ones are raised
    double least_signal_of_max = 0;   ///< the same, as a part of the voxel's largest
    bool weights_from_signal = false; ///< those of the first weighted fit; all others are from the fit before
    int weighted_fits = 0;            ///< behind the unweighted one
    double least_eigenvalue = 0;
};

/// Local. Fits `voxels` voxels: `signals` has a column for each volume, `maps` one for each map, both
/// `…_stride` apart.
void fit_tensors(const TensorProblem& problem, std::size_t voxels, const double* signals,
                 std::size_t signals_stride, double* maps, std::size_t maps_stride, FitFlags* flags);

/// Local. Solves one voxel's weighted fit by QR, which needs half the digits that the normal equations need:
/// adds to its `unknowns` what lessens `residuals`. False, and nothing is done, where the weights leave too
/// few volumes. Values of a voxel are `stride` apart.
bool refit_by_qr(const TensorProblem& problem, const double* weights, const double* residuals,
                 double* unknowns, std::size_t stride);

} // namespace swather
