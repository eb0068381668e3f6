// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace swather {

/// How blood oxygenation answers to a short event: a gamma density, its peak, minus a part of another, its
/// undershoot (Friston et al. 1998, Glover 1999), with the constants of nilearn 0.10.4.
struct HemodynamicResponse {
    enum class Model { glover, spm };
    enum class Derivatives { none, time, time_and_dispersion };

    Model model = Model::glover;
    Derivatives derivatives = Derivatives::none;
    /// The undershoot's part; without a value 0.35 of glover (0.48 is that of nilearn since 0.11) and 0.167
    /// of spm.
    std::optional<double> undershoot = {};

    /// Local. The response in the first 32 seconds after an event and, where they are asked for, its
    /// derivatives by time and by the dispersion of its peak: each a vector of samples `step` seconds apart.
    [[nodiscard]] std::vector<Eigen::VectorXd> samples(double step) const;
};

} // namespace swather
