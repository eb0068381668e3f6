// SPDX-License-Identifier: MIT
#include "kernels/fit_tensor.hpp"

#include "kernels/whole_series.hpp"

namespace swather {

namespace {

/// The columns of a TensorFit that are a map.
struct MapColumns {
    int first;
    int count;
};

constexpr std::array map_columns{
    MapColumns{TensorMap::element, 6},   MapColumns{TensorMap::s0, 1}, MapColumns{TensorMap::eigenvalue, 3},
    MapColumns{TensorMap::direction, 3}, MapColumns{TensorMap::fa, 1}, MapColumns{TensorMap::md, 1},
    MapColumns{TensorMap::ad, 1},        MapColumns{TensorMap::rd, 1},
};

} // namespace

template <class T>
FitOutputs<T> FitTensor<T>::outputs() const
{
    const char* diffusivity = "mm2 s-1";
    return fit_outputs<T>(
        {map_output<T>("/fit/tensor", "diffusion tensor", diffusivity, {{.name = "element", .size = 6}}),
         map_output<T>("/fit/s0", "signal without diffusion weighting"),
         map_output<T>("/fit/eigenvalues", "eigenvalues of the tensor, the largest first", diffusivity,
                       {{.name = "eigenvalue", .size = 3}}),
         map_output<T>("/fit/direction", "eigenvector of the largest eigenvalue", "1",
                       {{.name = "component", .size = 3}}),
         map_output<T>("/fit/fa", "fractional anisotropy"),
         map_output<T>("/fit/md", "mean diffusivity", diffusivity),
         map_output<T>("/fit/ad", "axial diffusivity", diffusivity),
         map_output<T>("/fit/rd", "radial diffusivity", diffusivity)});
}

template <class T>
WorkingSet FitTensor<T>::working_set() const
{
    return {static_cast<double>(sizeof(double)) * static_cast<double>(volumes_ + TensorMap::count)};
}

template <class T>
Supplement FitTensor<T>::supplement(const std::string& group) const
{
    Supplement supplement;
    supplement.attributes.push_back({group + "/tensor", "elements", std::string(model_.element_order())});
    for (const char* map : {"/tensor", "/direction"})
        supplement.attributes.push_back({group + map, "frame", std::string(model_.frame()) + " axes"});
    return supplement;
}

template <class T>
FitResults<T> FitTensor<T>::operator()(SlabView slab) const
{
    FitMaps<T> maps(std::get<0>(outputs()), slab);
    fit_whole_series(model_, slab, working_set(), maps, [&](Index voxel, const TensorFit& fit, Index row) {
        for (std::size_t map = 0; map < map_columns.size(); ++map) {
            const auto [first, count] = map_columns[map];
            T* to = maps.at(map, voxel);
            for (int i = 0; i < count; ++i) *to++ = static_cast<T>(fit.maps(row, first + i));
        }
    });
    return std::move(maps).results();
}

template class FitTensor<float>;
template class FitTensor<double>;

static_assert(Kernel<FitTensor<float>> && Kernel<FitTensor<double>>);

} // namespace swather
