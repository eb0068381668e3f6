// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/cosines.hpp"
#include "sources/slab_view.hpp"

#include <Eigen/Core>

#include <limits>
#include <vector>

namespace swather {

/// The columns that series are multiplied with: cosines, those of a matrix Q; where they are wanted, the
/// neighbours Z of the latter, z_t = q_(t−1) + q_(t+1), with nothing beyond the ends; and last a column of
/// ones. Only Q is stored: the others, which may be the largest thing that a rank has, are made where they
/// are used.
class Regressors {
public:
    enum class Neighbours { none, wanted };

    /// Local. `matrix`: Q, volumes × columns.
    Regressors(Cosines cosines, Eigen::MatrixXd matrix, Neighbours neighbours);

    [[nodiscard]] Index volumes() const { return matrix_.rows(); }
    [[nodiscard]] Index columns() const;
    [[nodiscard]] std::size_t padded_columns() const;
    /// Local. All columns in some volumes, padded with zeros: volume by volume, as SeriesSums goes over them.
    void copy(const Box& volumes, std::vector<double>& to) const;
    /// Local. Bytes that they take.
    [[nodiscard]] double bytes() const;

private:
    Cosines cosines_;
    Eigen::MatrixXd matrix_;
    Neighbours neighbours_;
};

/// Sums over the series of some voxels, in one pass over the volumes of a run: all that a linear model needs,
/// so that nobody reads the data again or keeps them.
///
/// The values are taken as differences d to the first volume: what all volumes have in common would cost the
/// sums their digits. A value that is not finite counts as 0, as nilearn has it, and the voxel is marked. The
/// sums of a voxel do not depend on which other voxels are there, nor on the CPU.
class SeriesSums {
public:
    /// Local. `regressors` are to live as long.
    SeriesSums(Index voxels, const Regressors& regressors);

    /// Local. Adds a tile of the run; changes its values. Of one voxel the volumes must come in order.
    void add(const SeriesTile& tile);

    /// Local. Writes the sums over time of d · column, for each column, of one voxel.
    void projections(Index voxel, Eigen::VectorXd& sums) const;
    [[nodiscard]] double first(Index voxel) const { return of(first_, voxel); } ///< value of the first volume
    [[nodiscard]] double last(Index voxel) const { return of(last_, voxel); }   ///< d of the last volume
    [[nodiscard]] double squares(Index voxel) const { return of(squares_, voxel); } ///< sum of d²
    /// Sum of d · d of the volume before.
    [[nodiscard]] double products(Index voxel) const { return of(products_, voxel); }
    /// Local. Whether all d are 0, or so small that the sum of their squares has lost its digits.
    [[nodiscard]] bool is_constant(Index voxel) const
    {
        return squares(voxel) < std::numeric_limits<double>::min();
    }
    /// Local. Whether all values are finite; the sums may not be.
    [[nodiscard]] bool is_finite(Index voxel) const { return of(not_finite_, voxel) == 0; }

    /// Local. Bytes that the sums of one voxel take, of so many columns.
    static double bytes_per_voxel(Index columns);

private:
    static double of(const std::vector<double>& values, Index voxel)
    {
        return values[static_cast<std::size_t>(voxel)];
    }

    std::size_t voxels_;
    const Regressors* regressors_;
    Box volumes_;                    ///< of the last tile
    std::vector<double> of_volumes_; ///< the regressors in them
    std::vector<double> sums_;       ///< padded columns × voxels
    std::vector<double> first_, last_, squares_, products_;
    std::vector<double> not_finite_; ///< 1 of a voxel that had such a value
};

} // namespace swather
