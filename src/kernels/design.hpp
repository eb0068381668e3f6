// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/cosines.hpp"
#include "kernels/hemodynamic_response.hpp"
#include "sources/events_view.hpp"

#include <Eigen/Core>

#include <span>
#include <string>
#include <vector>

namespace swather {

/// The columns of a linear model of a run, or some of them.
struct Design {
    std::vector<std::string> names; ///< of all columns
    Eigen::MatrixXd stored;         ///< volumes × columns, without the cosines
    Cosines cosines = {};           ///< they stand before the last of the stored

    [[nodiscard]] Eigen::Index volumes() const { return stored.rows(); }
    [[nodiscard]] Eigen::Index columns() const { return stored.cols() + cosines.columns; }
    /// Local. All columns in some volumes: volumes × columns.
    [[nodiscard]] Eigen::MatrixXd rows(const Box& of_volumes) const;
    /// Local. All columns in all volumes.
    [[nodiscard]] Eigen::MatrixXd matrix() const { return rows({0, volumes()}); }
};

/// How a design is made of events.
struct DesignOptions {
    enum class Drift { none, cosine, polynomial };

    HemodynamicResponse response = {};
    Drift drift = Drift::cosine;
    double high_pass = 0.01;   ///< Hz: the cosine drift has all slower frequencies
    int drift_order = 1;       ///< of the polynomial drift
    double min_onset = -24;    ///< seconds: what began before the run by less has an effect on it
    double slice_time_ref = 0; ///< where in its repetition time a volume stands for, 0 to 1
};

/// Local. The design of a run of `volumes`, `tr` seconds apart: the make_first_level_design_matrix of nilearn
/// 0.10.4. Its columns are, for each condition in their order (A, A_derivative, A_dispersion), then the
/// confounds, the drift (drift_1 …), and last the constant. Conditions stand in the order of their bytes, or
/// of numbers where all are; events alike in all but their modulation are summed. One difference: nilearn
/// adds 1e-15 of the largest singular value to all of a singular matrix.
///
/// `Exit::usage`: an option out of its range. `Exit::bad_data`: confounds of another number of volumes, two
/// columns of one name. Warns of events before min_onset, which nilearn moves there, of such behind the run,
/// which have no effect, and of conditions without any.
Design make_design(const DesignOptions& options, std::span<const Event> events, const Design& confounds,
                   Eigen::Index volumes, double tr);

} // namespace swather
