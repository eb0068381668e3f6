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
double FitT2Star<T>::working_bytes_per_element() const
{
    return static_cast<double>(sizeof(double)) * static_cast<double>(echoes_ + T2StarFit::Map::count);
}

template <class T>
FitResults<T> FitT2Star<T>::operator()(SlabView slab) const
{
    FitMaps<T> maps(std::get<0>(outputs()), slab);
    const T2StarFit fit = model_.fit(whole_series(slab));
    for (Index voxel = 0; voxel < slab.voxels(); ++voxel) {
        const FitFlags flags = fit.flags[static_cast<std::size_t>(voxel)];
        if (fit.t2star()[voxel] == 0) { // of no fit alone
            maps.refuse(voxel, flags);
            continue;
        }
        maps.flag(voxel, flags);
        for (int map = 0; map < T2StarFit::Map::count; ++map)
            maps.set(static_cast<std::size_t>(map), voxel, fit.maps(voxel, map));
    }
    return std::move(maps).results();
}

template class FitT2Star<float>;
template class FitT2Star<double>;

static_assert(Kernel<FitT2Star<float>> && Kernel<FitT2Star<double>>);

} // namespace swather
