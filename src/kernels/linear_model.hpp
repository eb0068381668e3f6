// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/design.hpp"
#include "kernels/design_triangle.hpp"
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
/// With an orthonormal basis Q of the columns of the design X, a fit needs Qᵀy, Σy² and, for noise of a
/// first-order autoregression, Zᵀy (z_t = q_(t−1) + q_(t+1)), Σ y_t y_(t−1) and the ends of the series. The
/// basis is the cosines of the design, and a basis S of what they leave of its other columns: of all such
/// the one for which 2 − SᵀZ, the products of its differences in time, is diagonal. That of the cosines is,
/// but for what the ends take off, as a cosine goes on beyond the ends of a run as if it were mirrored there:
///
///     2 − QᵀZ = Δ + EEᵀ − FFᵀ    of a diagonal Δ, E, the first and last q of Q, and F, those of S alone
///
/// so that with l, the last q, the products of the whitened basis w_t = q_t − rho q_(t−1) with itself are
///
///     WᵀW = (1 − rho)² + rho Δ + rho (EEᵀ − FFᵀ) − rho² llᵀ
///
/// whose inverse is that of a diagonal, and products of four columns (Woodbury). So no rho needs a matrix of
/// its own, nor do the cosines, over time or among each other, however many a long run has. The equations
/// are those of nilearn 0.10.4 (glm/regression.py).
class LinearModel {
public:
    /// What is asked of the design, in terms of the basis.
    struct Question {
        Eigen::MatrixXd effect;  ///< contrasts × rank: times the weights of the basis
        Eigen::VectorXd of_ones; ///< the effect in a series of ones
    };

    /// Local. `rows_of`: what is asked of the design, each contrasts × columns.
    LinearModel(const Design& design, const std::vector<Eigen::MatrixXd>& rows_of, Noise noise);

    /// What SeriesSums is to sum up: first the basis.
    [[nodiscard]] const Regressors& regressors() const { return regressors_; }
    [[nodiscard]] Eigen::Index rank() const { return triangle_.cosines() + to_beta_.cols(); }
    /// Degrees of freedom of the residuals.
    [[nodiscard]] Eigen::Index dof() const { return volumes() - rank(); }
    [[nodiscard]] Eigen::Index columns() const { return triangle_.columns(); }
    [[nodiscard]] Eigen::Index volumes() const { return regressors_.volumes(); }
    /// Whether the divisor of the residuals' squares, volumes less columns, is above 0.
    [[nodiscard]] bool has_dispersion() const { return volumes() > columns(); }

    /// What the model takes, for the most part the basis.
    [[nodiscard]] double bytes() const;
    [[nodiscard]] const std::vector<Question>& questions() const { return questions_; }
    [[nodiscard]] const DesignTriangle& triangle() const { return triangle_; }
    /// Local. The weights of the columns that come to those of the basis, the shortest of all.
    [[nodiscard]] Eigen::VectorXd beta(const Eigen::VectorXd& weights) const;

private:
    friend class SeriesFitter;

    [[nodiscard]] Regressors regressors_of(const Design& design);
    [[nodiscard]] Eigen::MatrixXd turn_of(Eigen::Index volumes);
    void set_ends(const Eigen::MatrixXd& basis, const Cosines& cosines);
    [[nodiscard]] Eigen::MatrixXd in_basis(const Eigen::MatrixXd& rows) const;
    [[nodiscard]] Eigen::VectorXd without_rounding(const Eigen::VectorXd& answer,
                                                   const Eigen::VectorXd& most) const;

    Noise noise_;
    DesignTriangle triangle_;
    Eigen::MatrixXd to_beta_;     ///< columns × columns of S: X times this is S
    Eigen::MatrixXd null_;        ///< columns × any: orthonormal, and X times this is 0
    Eigen::VectorXd differences_; ///< Δ; only of an autoregression
    Eigen::MatrixX2d ends_;       ///< E: rank × 2
    Eigen::VectorXd ones_;        ///< Qᵀ1; 0 of the cosines
    Regressors regressors_;
    bool has_constant_; ///< 1 is among what the design can tell
    Eigen::VectorXd beta_of_ones_;
    std::vector<Question> questions_;
};

/// Fits a model to one voxel after the other.
class SeriesFitter {
public:
    /// How the effect of a question varies, at dispersion 1.
    struct Spread {
        Eigen::MatrixXd variance; ///< contrasts × contrasts
        Eigen::MatrixXd whitener; ///< the root of its inverse
    };

    /// The fit of a voxel.
    struct Fit {
        double rho = 0;
        double dispersion = 0;   ///< squares of the whitened residuals / (volumes − columns)
        double r2 = 0;           ///< of the whitened series
        Eigen::VectorXd weights; ///< of the basis, to which `offset` times a series of ones is to be added
        double offset = 0;
        const std::vector<Spread>* spreads = nullptr; ///< of each question of the model
    };

    /// Local. `model` and `sums` are to live as long.
    SeriesFitter(const LinearModel& model, Scaling scaling, const SeriesSums& sums);

    /// Local. The fit of a voxel; lives until the next.
    const Fit& fit(Index voxel);
    /// Local. Its betas.
    [[nodiscard]] Eigen::VectorXd beta() const
    {
        return model_.beta(fit_.weights) + fit_.offset * model_.beta_of_ones_;
    }
    /// Local. Its effect in a question of the model; lives until the next.
    const Eigen::VectorXd& effect(std::size_t question);

private:
    /// The sums of a voxel's series as it is fitted.
    struct Moments {
        Eigen::VectorXd projections, neighbours; ///< Qᵀy, Zᵀy
        double sum = 0, squares = 0, products = 0, first = 0, last = 0;
        double offset = 0; ///< of all values, which the constant of the model takes up
    };
    /// Of the products of the whitened basis with itself: the matrix of `diagonal`, less `border` · `core` ·
    /// `border`ᵀ.
    struct Inverse {
        Eigen::VectorXd diagonal;
        Eigen::MatrixX4d border;
        Eigen::Matrix4d core;
    };
    /// The normal equations of one rho.
    struct Whitened {
        Inverse inverse;
        Eigen::VectorXd column_sums; ///< of the whitened basis
        std::vector<Spread> spreads;
    };

    void take_moments(Index voxel);
    [[nodiscard]] double estimate_rho() const;
    [[nodiscard]] Inverse inverse(double rho) const;
    const Whitened& whitened(double rho);
    [[nodiscard]] static Spread spread(const Eigen::MatrixXd& effect, const Inverse& inverse);

    const LinearModel& model_;
    Scaling scaling_;
    const SeriesSums& sums_;
    std::map<int, Whitened> whitened_; ///< by 100 rho
    Moments moments_;
    Eigen::VectorXd projections_;
    Eigen::VectorXd right_side_;
    Eigen::VectorXd effect_;
    Fit fit_;
};

} // namespace swather
