// SPDX-License-Identifier: MIT
#include "kernels/series_sums.hpp"

// Highway includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/series_sums.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cmath>

#ifndef SWATHER_SERIES_SUMS_ONCE
#define SWATHER_SERIES_SUMS_ONCE

namespace swather {

/// Columns that are summed at once, in registers.
constexpr std::size_t columns_at_once = 4;

/// A tile, and where its voxels have their sums.
struct TileSums {
    double* values; ///< volumes × width
    std::size_t volumes;
    std::size_t width;
    const double* regressors; ///< of the first volume of the tile
    std::size_t columns;      ///< a multiple of columns_at_once
    bool begins_run;
    double* sums; ///< columns × stride
    std::size_t stride;
    double *first, *last, *squares, *products, *not_finite;
};

} // namespace swather

#endif

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Takes the first volume off the values of some voxels, in place, and adds what does not need regressors.
template <class D>
HWY_INLINE void add_differences(D tag, const TileSums& tile, std::size_t voxel)
{
    using V = hn::Vec<D>;
    const V zero = hn::Zero(tag);
    V bad = hn::LoadU(tag, tile.not_finite + voxel);
    const auto value_at = [&](std::size_t volume) HWY_ATTR {
        const V value = hn::LoadU(tag, tile.values + volume * tile.width + voxel);
        const auto finite = hn::Eq(hn::Sub(value, value), zero); // NaN of a NaN and of an infinity
        bad = hn::IfThenElse(finite, bad, hn::Set(tag, 1.0));
        return hn::IfThenElseZero(finite, value);
    };
    const V first = tile.begins_run ? value_at(0) : hn::LoadU(tag, tile.first + voxel);
    V before = hn::LoadU(tag, tile.last + voxel);
    V squares = hn::LoadU(tag, tile.squares + voxel);
    V products = hn::LoadU(tag, tile.products + voxel);
    for (std::size_t volume = 0; volume < tile.volumes; ++volume) {
        const V difference = hn::Sub(value_at(volume), first);
        hn::StoreU(difference, tag, tile.values + volume * tile.width + voxel);
        squares = hn::Add(squares, hn::Mul(difference, difference));
        products = hn::Add(products, hn::Mul(difference, before));
        before = difference;
    }
    hn::StoreU(first, tag, tile.first + voxel);
    hn::StoreU(before, tag, tile.last + voxel);
    hn::StoreU(squares, tag, tile.squares + voxel);
    hn::StoreU(products, tag, tile.products + voxel);
    hn::StoreU(bad, tag, tile.not_finite + voxel);
}

/// Adds difference · regressor of some columns. No fused multiply-add: a CPU without it must come to the
/// same.
template <class D>
HWY_INLINE void add_projections(D tag, const TileSums& tile, std::size_t voxel, std::size_t column)
{
    using V = hn::Vec<D>;
    double* const to = tile.sums + column * tile.stride + voxel;
    V sum0 = hn::LoadU(tag, to);
    V sum1 = hn::LoadU(tag, to + tile.stride);
    V sum2 = hn::LoadU(tag, to + 2 * tile.stride);
    V sum3 = hn::LoadU(tag, to + 3 * tile.stride);
    const double* regressor = tile.regressors + column;
    const double* value = tile.values + voxel;
    for (std::size_t volume = 0; volume < tile.volumes; ++volume) {
        const V difference = hn::LoadU(tag, value);
        sum0 = hn::Add(sum0, hn::Mul(difference, hn::Set(tag, regressor[0])));
        sum1 = hn::Add(sum1, hn::Mul(difference, hn::Set(tag, regressor[1])));
        sum2 = hn::Add(sum2, hn::Mul(difference, hn::Set(tag, regressor[2])));
        sum3 = hn::Add(sum3, hn::Mul(difference, hn::Set(tag, regressor[3])));
        regressor += tile.columns;
        value += tile.width;
    }
    hn::StoreU(sum0, tag, to);
    hn::StoreU(sum1, tag, to + tile.stride);
    hn::StoreU(sum2, tag, to + 2 * tile.stride);
    hn::StoreU(sum3, tag, to + 3 * tile.stride);
}

template <class D>
HWY_INLINE std::size_t add_voxels(D tag, const TileSums& tile, std::size_t voxel)
{
    for (; voxel + hn::Lanes(tag) <= tile.width; voxel += hn::Lanes(tag)) {
        add_differences(tag, tile, voxel);
        for (std::size_t column = 0; column < tile.columns; column += columns_at_once)
            add_projections(tag, tile, voxel, column);
    }
    return voxel;
}

void add_tile(const TileSums& tile)
{
    const std::size_t done = add_voxels(hn::ScalableTag<double>(), tile, 0);
    add_voxels(hn::CappedTag<double, 1>(), tile, done);
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace swather {

HWY_EXPORT(add_tile);

Regressors::Regressors(Cosines cosines, Eigen::MatrixXd matrix, Neighbours neighbours)
    : cosines_(std::move(cosines))
    , matrix_(std::move(matrix))
    , neighbours_(neighbours)
{
}

Index Regressors::columns() const
{
    return cosines_.columns + matrix_.cols() * (neighbours_ == Neighbours::wanted ? 2 : 1) + 1;
}

std::size_t Regressors::padded_columns() const
{
    return (static_cast<std::size_t>(columns()) + columns_at_once - 1) / columns_at_once * columns_at_once;
}

void Regressors::copy(const Box& volumes, std::vector<double>& to) const
{
    to.assign(static_cast<std::size_t>(volumes.size()) * padded_columns(), 0);
    using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<Rows> rows(to.data(), volumes.size(), static_cast<Index>(padded_columns()));
    cosines_.copy(volumes, rows);
    rows.middleCols(cosines_.columns, matrix_.cols()) = matrix_.middleRows(volumes.begin, volumes.size());
    rows.col(columns() - 1).setOnes();
    if (neighbours_ == Neighbours::none) return;
    auto of_neighbours = rows.middleCols(cosines_.columns + matrix_.cols(), matrix_.cols());
    for (const Index step : {1, -1}) {
        const Box beside = intersect({volumes.begin + step, volumes.end + step}, {0, matrix_.rows()});
        of_neighbours.middleRows(beside.begin - step - volumes.begin, beside.size()) +=
            matrix_.middleRows(beside.begin, beside.size());
    }
}

double Regressors::bytes() const
{
    return static_cast<double>(sizeof(double)) *
           static_cast<double>(matrix_.size() + std::ssize(cosines_.wave));
}

SeriesSums::SeriesSums(Index voxels, const Regressors& regressors)
    : voxels_(static_cast<std::size_t>(voxels))
    , regressors_(&regressors)
    , sums_(regressors.padded_columns() * voxels_)
    , first_(voxels_)
    , last_(voxels_)
    , squares_(voxels_)
    , products_(voxels_)
    , not_finite_(voxels_)
{
}

void SeriesSums::add(const SeriesTile& tile)
{
    if (tile.volumes != volumes_) {
        volumes_ = tile.volumes;
        regressors_->copy(volumes_, of_volumes_);
    }
    const auto voxel = static_cast<std::size_t>(tile.voxels.begin);
    HWY_DYNAMIC_DISPATCH(add_tile)
    ({.values = tile.values.data(),
      .volumes = static_cast<std::size_t>(tile.volumes.size()),
      .width = static_cast<std::size_t>(tile.voxels.size()),
      .regressors = of_volumes_.data(),
      .columns = regressors_->padded_columns(),
      .begins_run = tile.volumes.begin == 0,
      .sums = sums_.data() + voxel,
      .stride = voxels_,
      .first = first_.data() + voxel,
      .last = last_.data() + voxel,
      .squares = squares_.data() + voxel,
      .products = products_.data() + voxel,
      .not_finite = not_finite_.data() + voxel});
}

void SeriesSums::projections(Index voxel, Eigen::VectorXd& sums) const
{
    for (Index column = 0; column < regressors_->columns(); ++column)
        sums[column] = sums_[static_cast<std::size_t>(column) * voxels_ + static_cast<std::size_t>(voxel)];
}

double SeriesSums::bytes_per_voxel(Index columns)
{
    constexpr Index others = 5 + columns_at_once;
    return static_cast<double>((columns + others) * static_cast<Index>(sizeof(double)));
}

} // namespace swather

#endif
