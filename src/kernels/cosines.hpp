// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <Eigen/Core>

#include <vector>

namespace swather {

/// The columns of a cosine drift: at volume t of n, the k-th, from 1 on, is √(2/n) cos(π/n (t + ½) k). They
/// are orthonormal, and orthogonal to a column of ones (the DCT-II: Strang, The Discrete Cosine Transform,
/// SIAM Review 41, 1999). A long run has many; they are not stored, as all of their values are among those of
/// one wave.
struct Cosines {
    Eigen::Index columns = 0;
    /// Of 4 · volumes values; at volume t the k-th column has the one at (2t + 1) k, counted around and
    /// around.
    std::vector<double> wave = {};

    /// Local. As many columns, at most volumes − 1.
    static Cosines of(Eigen::Index volumes, Eigen::Index columns);

    /// Local. Sets all columns in some volumes: `rows`, volumes × columns.
    template <class Rows>
    void copy(const Box& volumes, Rows&& rows) const
    {
        for (Index volume = volumes.begin; volume < volumes.end; ++volume) {
            const auto step = static_cast<std::size_t>(2 * volume + 1);
            std::size_t place = 0;
            for (Eigen::Index column = 0; column < columns; ++column) {
                place += step;
                if (place >= wave.size()) place -= wave.size();
                rows(volume - volumes.begin, column) = wave[place];
            }
        }
    }
    /// Local. Takes from each column of a matrix, volumes × any number, what the cosines explain of it.
    /// Returns how much of each: cosines × columns of the matrix.
    Eigen::MatrixXd take_from(Eigen::MatrixXd& matrix) const;
    /// Local. The sums over time of the squares of the differences from each volume to the next.
    [[nodiscard]] Eigen::VectorXd differences() const;
};

} // namespace swather
