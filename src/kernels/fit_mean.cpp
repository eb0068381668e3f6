// SPDX-License-Identifier: MIT
#include "kernels/fit_mean.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace swather {

namespace {

/// Sums of a series, of its differences to the first value: a mean that is large beside the deviations would
/// cost them their digits.
struct Sums {
    double first = 0;
    double sum = 0;
    double squares = 0;
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();

    void add(double value)
    {
        const double difference = value - first;
        sum += difference;
        squares += difference * difference;
        min = std::min(min, value);
        max = std::max(max, value);
    }
};

enum Map : std::size_t { mean, sd, min, max };

constexpr WorkingSet working_set{sizeof(Sums)};

/// The sums of the voxels at hand.
std::vector<Sums> sums_of(SlabView& slab, Box voxels)
{
    std::vector<Sums> sums(static_cast<std::size_t>(voxels.size()));
    for (SeriesTile tile = slab.next_tile(); !tile.volumes.empty(); tile = slab.next_tile()) {
        const auto of_tile = std::span(sums).subspan(static_cast<std::size_t>(tile.voxels.begin),
                                                     static_cast<std::size_t>(tile.voxels.size()));
        for (Index volume = 0; volume < tile.volumes.size(); ++volume) {
            const auto values = tile.volume(volume);
            if (tile.run == 0 && tile.volumes.begin + volume == 0)
                for (std::size_t i = 0; i < values.size(); ++i) of_tile[i].first = values[i];
            for (std::size_t i = 0; i < values.size(); ++i) of_tile[i].add(values[i]);
        }
    }
    return sums;
}

template <class T>
void set_maps(FitMaps<T>& maps, Index voxel, const Sums& sums, double volumes)
{
    if (!std::isfinite(sums.squares)) return maps.refuse(voxel, fit_flag::not_finite);
    const double mean_difference = sums.sum / volumes;
    const double variance = std::max(0.0, sums.squares - sums.sum * mean_difference) / (volumes - 1);
    maps.set(Map::mean, voxel, sums.first + mean_difference);
    maps.set(Map::sd, voxel, std::sqrt(variance));
    maps.set(Map::min, voxel, sums.min);
    maps.set(Map::max, voxel, sums.max);
    if (volumes == 1) maps.flag(voxel, fit_flag::rank_deficient);
    if (sums.squares < std::numeric_limits<double>::min()) maps.flag(voxel, fit_flag::constant);
}

} // namespace

template <class T>
FitOutputs<T> FitMean<T>::outputs() const
{
    return fit_outputs<T>({map_output<T>("/fit/mean", "mean over time"),
                           map_output<T>("/fit/sd", "standard deviation over time (n - 1)"),
                           map_output<T>("/fit/min", "smallest value"),
                           map_output<T>("/fit/max", "largest value")});
}

template <class T>
double FitMean<T>::working_bytes(Index elements)
{
    return working_set.bytes(elements);
}

template <class T>
FitResults<T> FitMean<T>::operator()(SlabView slab) const
{
    const auto volumes =
        static_cast<double>(std::accumulate(slab.runs().begin(), slab.runs().end(), Index{0}));
    FitMaps<T> maps(std::get<0>(outputs()), slab);
    slab.work_through(working_set.voxels(), [&](Box voxels) {
        const std::vector<Sums> sums = sums_of(slab, voxels);
        for (Index voxel = voxels.begin; voxel < voxels.end; ++voxel)
            set_maps(maps, voxel, sums[static_cast<std::size_t>(voxel - voxels.begin)], volumes);
    });
    return std::move(maps).results();
}

template class FitMean<float>;
template class FitMean<double>;

static_assert(Kernel<FitMean<float>> && Kernel<FitMean<double>>);

} // namespace swather
