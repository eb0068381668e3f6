// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/fit_maps.hpp"

#include <Eigen/Core>

#include <numeric>

namespace swather {

/// Local. All series of the voxels at hand, voxels × volumes: for models that go over a series more than
/// once.
inline Eigen::MatrixXd whole_series(SlabView& slab, Box voxels)
{
    const auto& runs = slab.runs();
    Eigen::MatrixXd series(voxels.size(), std::accumulate(runs.begin(), runs.end(), Index{0}));
    for (SeriesTile tile = slab.next_tile(); !tile.volumes.empty(); tile = slab.next_tile()) {
        const Index first = std::accumulate(runs.begin(), runs.begin() + tile.run, tile.volumes.begin);
        for (Index volume = 0; volume < tile.volumes.size(); ++volume) {
            const auto values = tile.volume(volume);
            std::copy(values.begin(), values.end(), series.col(first + volume).begin() + tile.voxels.begin);
        }
    }
    return series;
}

/// Local. Fills the maps of a slab by a model that fits whole series: calls `set_maps(voxel, fit, row)` for
/// each voxel that has a fit, which stands in a row of it.
template <class T, class Model, class SetMaps>
void fit_whole_series(const Model& model, SlabView& slab, const WorkingSet& working_set, FitMaps<T>& maps,
                      SetMaps&& set_maps)
{
    slab.work_through(working_set.voxels(), [&](Box voxels) {
        const auto fit = model.fit(whole_series(slab, voxels));
        for (Index row = 0; row < voxels.size(); ++row) {
            const Index voxel = voxels.begin + row;
            const FitFlags flags = fit.flags[static_cast<std::size_t>(row)];
            if (!fit.is_there(row)) {
                maps.refuse(voxel, flags);
                continue;
            }
            maps.flag(voxel, flags);
            set_maps(voxel, fit, row);
        }
    });
}

} // namespace swather
