// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/cosines.hpp"

#include <Eigen/Core>

namespace swather {

/// The triangle of the QR decomposition of a design: of its cosines C, which are columns of Q as they are,
/// and its stored columns S,
///
///     [C S] = [C Q] | I A |
///                   | 0 R |
struct DesignTriangle {
    Eigen::MatrixXd of_cosines; ///< A: cosines × stored columns
    Eigen::MatrixXd of_rest;    ///< R: any number of rows × stored columns

    [[nodiscard]] Eigen::Index cosines() const { return of_cosines.rows(); }
    [[nodiscard]] Eigen::Index stored() const { return of_rest.cols(); }
    [[nodiscard]] Eigen::Index columns() const { return cosines() + stored(); }
    /// The number of the first cosine among the columns of the design.
    [[nodiscard]] Eigen::Index first_cosine() const { return cosines() == 0 ? stored() : stored() - 1; }

    /// Local. What stands for the cosines and what for the stored columns, in the order of the design.
    [[nodiscard]] Eigen::MatrixXd in_order(const Eigen::MatrixXd& for_cosines,
                                           const Eigen::MatrixXd& for_stored) const;
};

/// Local. Decomposes a design: Q replaces the stored columns. Block Gram–Schmidt, twice, as often as it takes
/// for a Q that is orthogonal to the cosines up to rounding (Giraud, Langou and Rozložník 2005).
DesignTriangle decompose(const Cosines& cosines, Eigen::MatrixXd& stored);

} // namespace swather
