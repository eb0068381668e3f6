// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/series_sums.hpp"

#include <Eigen/Core>

#include <map>
#include <vector>

namespace swather {

enum class Noise { ols, ar1 };

/// How a series is scaled before it is fitted: to percent of its mean, as nilearn's FirstLevelModel does, or
/// not at all.
enum class Scaling { none, percent };

/// The linear model of one run, ready for the sums of any number of voxels.
///
/// With an orthonormal basis Q of the columns of the design, X = Q S Vᵀ, a fit needs Qᵀy, Σy² and, for noise
/// of a first-order autoregression, Zᵀy (z_t = q_(t−1) + q_(t+1)), Σ y_t y_(t−1) and the ends of the series:
/// QᵀQ, and with any rho the normal equations of the whitened series w_t = y_t − rho y_(t−1), follow by
/// algebra of the size of the design. The equations are those of nilearn 0.10.4 (glm/regression.py).
class LinearModel {
public:
    /// Local. `design`: volumes × columns; `rows_of`: what is asked of it, each contrasts × columns.
    LinearModel(const Eigen::MatrixXd& design, std::vector<Eigen::MatrixXd> rows_of, Noise noise);

    /// What SeriesSums is to sum up.
    [[nodiscard]] const Regressors& regressors() const { return regressors_; }
    [[nodiscard]] Eigen::Index rank() const { return to_beta_.cols(); }
    /// Degrees of freedom of the residuals.
    [[nodiscard]] Eigen::Index dof() const { return volumes_ - rank(); }
    [[nodiscard]] Eigen::Index columns() const { return to_beta_.rows(); }
    [[nodiscard]] Eigen::Index volumes() const { return volumes_; }
    /// Whether the divisor of the residuals' squares, volumes less columns, is above 0.
    [[nodiscard]] bool has_dispersion() const { return volumes() > columns(); }

    /// Local. What `rows`, of contrasts of the columns, say of a series of ones; exactly 0 where it is but
    /// rounding, which the variance of a constant series, 0, would make a large t.
    [[nodiscard]] Eigen::VectorXd of_ones(const Eigen::MatrixXd& rows) const;

private:
    friend class SeriesFitter;

    Eigen::MatrixXd take_basis(const Eigen::MatrixXd& design);

    Noise noise_;
    std::vector<Eigen::MatrixXd> rows_of_;
    Eigen::Index volumes_;
    Eigen::VectorXd first_of_basis_, last_of_basis_; ///< q of the first and of the last volume
    Eigen::MatrixXd to_beta_;                        ///< V / S, columns × rank
    Eigen::MatrixXd lagged_;                         ///< Σ q_t q_(t−1)ᵀ and its transpose
    Regressors regressors_;
    Eigen::VectorXd ones_;            ///< Qᵀ1
    Eigen::VectorXd ones_neighbours_; ///< Zᵀ1
    bool has_constant_;               ///< 1 is among what the design can tell
};

/// Fits a model to one voxel after the other.
class SeriesFitter {
public:
    /// A contrast or F test of the model, made ready for one rho.
    struct Question {
        Eigen::MatrixXd effect;   ///< rows × rank: times the weights of the basis
        Eigen::MatrixXd variance; ///< rows × rows: of the effect, at dispersion 1
        Eigen::MatrixXd whitener; ///< the root of its inverse
        Eigen::VectorXd of_ones;  ///< the effect in a series of ones
    };

    /// The fit of a voxel.
    struct Fit {
        double rho = 0;
        double dispersion = 0;   ///< squares of the whitened residuals / (volumes − columns)
        double r2 = 0;           ///< of the whitened series
        Eigen::VectorXd weights; ///< of the basis, to which `offset` times a series of ones is to be added
        double offset = 0;
        const std::vector<Question>* questions = nullptr;
    };

    /// Local. `model` and `sums` are to live as long.
    SeriesFitter(const LinearModel& model, Scaling scaling, const SeriesSums& sums);

    /// Local. The fit of a voxel; lives until the next.
    const Fit& fit(Index voxel);
    /// Local. Its betas.
    [[nodiscard]] Eigen::VectorXd beta() const
    {
        return model_.to_beta_ * fit_.weights + fit_.offset * beta_of_ones_;
    }

private:
    /// The sums of a voxel's series as it is fitted.
    struct Moments {
        Eigen::VectorXd projections, neighbours; ///< Qᵀy, Zᵀy
        double sum = 0, squares = 0, products = 0, first = 0, last = 0;
        double offset = 0; ///< of all values, which the constant of the model takes up
    };
    /// The normal equations of one rho.
    struct Whitened {
        Eigen::MatrixXd inverse;     ///< of the products of the whitened basis with itself
        Eigen::VectorXd column_sums; ///< of the whitened basis
        std::vector<Question> questions;
    };

    void take_moments(Index voxel);
    [[nodiscard]] double estimate_rho() const;
    const Whitened& whitened(double rho);
    [[nodiscard]] Question question(const Eigen::MatrixXd& rows, const Eigen::MatrixXd& inverse) const;

    const LinearModel& model_;
    Scaling scaling_;
    const SeriesSums& sums_;
    std::map<int, Whitened> whitened_; ///< by 100 rho
    Moments moments_;
    Eigen::VectorXd beta_of_ones_;
    Eigen::VectorXd projections_;
    Eigen::VectorXd right_side_;
    Fit fit_;
};

} // namespace swather
