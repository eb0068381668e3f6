// SPDX-License-Identifier: MIT
#pragma once

#include "sources/slab_view.hpp"

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

} // namespace swather
