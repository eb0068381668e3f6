// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/b_table.hpp"
#include "kernels/fit_flags.hpp"
#include "kernels/tensor_lanes.hpp"

#include <Eigen/Core>

#include <string_view>
#include <vector>

namespace swather {

/// The diffusion tensor of some voxels: a row for each voxel, so that each map is contiguous.
///
/// Of a voxel without a fit all is 0; of a constant one all but S0. Without a fit are voxels that are not
/// finite and those without any positive signal.
struct TensorFit {
    Eigen::Matrix<double, Eigen::Dynamic, TensorMap::count> maps;
    std::vector<FitFlags> flags;

    /// Local. Whether a voxel has a fit.
    [[nodiscard]] bool is_there(Index voxel) const { return maps(voxel, TensorMap::s0) != 0; }
    /// Local. mm²/s, in the order and along the axes that the model tells.
    [[nodiscard]] auto elements() const { return maps.middleCols<6>(TensorMap::element); }
    /// Local. The signal without weighting, in the units of the image.
    [[nodiscard]] auto s0() const { return maps.col(TensorMap::s0); }
    /// Local. mm²/s, descending.
    [[nodiscard]] auto eigenvalues() const { return maps.middleCols<3>(TensorMap::eigenvalue); }
    /// Local. The eigenvector of the largest eigenvalue: unit, along the axes of the elements, x not
    /// negative.
    [[nodiscard]] auto direction() const { return maps.middleCols<3>(TensorMap::direction); }
    /// Local. Fractional anisotropy; mean, axial and radial diffusivity, mm²/s.
    [[nodiscard]] auto fa() const { return maps.col(TensorMap::fa); }
    [[nodiscard]] auto md() const { return maps.col(TensorMap::md); }
    [[nodiscard]] auto ad() const { return maps.col(TensorMap::ad); }
    [[nodiscard]] auto rd() const { return maps.col(TensorMap::rd); }
};

/// Fits log S = log S0 − Σ b·gᵢ·gⱼ·Dᵢⱼ (Basser, Mattiello and LeBihan 1994, doi:10.1006/jmrb.1994.1037) by
/// least squares, weighted as dipy or as mrtrix3 does.
class TensorModel {
public:
    enum class Weights {
        none,  ///< dipy's fit_method="OLS"
        dipy,  ///< its "WLS": by the squared signal that an unweighted fit predicts (Chung et al. 2006,
               ///< doi:10.1016/j.neuroimage.2006.07.004)
        mrtrix ///< dwi2tensor's: by the squared signal, then `iterations` times by the squared prediction of
               ///< the fit before (Veraart et al. 2013, doi:10.1016/j.neuroimage.2013.05.028)
    };

    struct Options {
        Weights weights = Weights::dipy;
        int iterations = 2; ///< 0 to 10; of mrtrix only. dwi2tensor 3.0.3 itself does none where it is told 1
    };

    /// The image has `volumes` volumes; `fsl` is its table, as in FSL's files; `linear` takes its voxels to
    /// mm.
    ///
    /// A table of another length, one that dipy or mrtrix3 refuses, or one that cannot tell the seven
    /// unknowns apart is `Exit::bad_data`; other iterations are `Exit::usage`.
    TensorModel(Index volumes, BTable fsl, const Eigen::Matrix3d& linear, Options options);

    /// Local. "Dxx,Dxy,Dyy,Dxz,Dyz,Dzz" as dipy orders them, or "D11,D22,D33,D12,D13,D23" as mrtrix3.
    [[nodiscard]] std::string_view element_order() const;
    /// Local. What the elements and directions refer to: "voxel" axes (dipy) or "scanner" axes (mrtrix3).
    [[nodiscard]] std::string_view frame() const;

    /// Local. The tensor of each voxel. `series` is voxels × volumes: a volume is contiguous. The result of a
    /// voxel does not depend on the others.
    ///
    /// As dipy, signals below 1e-4 are raised to it, and eigenvalues, and with them all that follows and the
    /// elements, to 1e-6 over the largest entry of the b-matrices. As mrtrix3, signals are raised to 1e-6
    /// of the voxel's largest. A voxel of which a signal was raised has the flag no_signal.
    [[nodiscard]] TensorFit
    fit(const Eigen::Ref<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>& series) const;

private:
    Weights weights_;
    TensorProblem problem_;
};

} // namespace swather
