// SPDX-License-Identifier: MIT
#include "kernels/fit_t2star.hpp"

#include "kernels/whole_series.hpp"

namespace swather {

template <class T>
FitOutputs<T> FitT2Star<T>::outputs() const
{
    return fit_outputs<T>({map_output<T>("/fit/t2star", "T2*, in the units of the echo times"),
                           map_output<T>("/fit/s0", "signal at echo time 0"),
                           map_output<T>("/fit/r2star", "R2* = 1 / T2*"),
                           map_output<T>("/fit/residual", "root mean square of what the fit leaves")});
}

template <class T>
WorkingSet FitT2Star<T>::working_set() const
{
    return {static_cast<double>(sizeof(double)) * static_cast<double>(echoes_ + T2StarFit::Map::count)};
}

template <class T>
FitResults<T> FitT2Star<T>::operator()(SlabView slab) const
{
    FitMaps<T> maps(std::get<0>(outputs()), slab);
    fit_whole_series(model_, slab, working_set(), maps, [&](Index voxel, const T2StarFit& fit, Index row) {
        for (int map = 0; map < T2StarFit::Map::count; ++map)
            maps.set(static_cast<std::size_t>(map), voxel, fit.maps(row, map));
    });
    return std::move(maps).results();
}

template class FitT2Star<float>;
template class FitT2Star<double>;

static_assert(Kernel<FitT2Star<float>> && Kernel<FitT2Star<double>>);

} // namespace swather
