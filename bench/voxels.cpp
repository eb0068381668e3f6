// SPDX-License-Identifier: MIT
// Speed of the models of voxels, on blocks of some hundred voxels as an analysis gives them, and of the least
// of them on a file. Each benchmark checks its answer before it is timed.
#include "kernels/fit_mean.hpp"
#include "kernels/t2star.hpp"
#include "kernels/tensor.hpp"
#include "passing.hpp"
#include "sources/image.hpp"
#include "sources/nifti_writer.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <random>

using namespace swather;

namespace {

constexpr Eigen::Index voxels = 512;

/// `volumes` volumes, of which every tenth is without weighting; directions along a spiral from pole to pole.
BTable table_of(int volumes)
{
    BTable table;
    for (int i = 0; i < volumes; ++i) {
        const double z = 1 - (i + 0.5) / volumes, angle = i * std::numbers::pi * (3 - std::sqrt(5));
        table.values.push_back(i % 10 == 0 ? 0 : i % 3 == 0 ? 2000 : 1000);
        table.vectors.emplace_back(std::sqrt(1 - z * z) * std::cos(angle),
                                   std::sqrt(1 - z * z) * std::sin(angle), z);
    }
    return table;
}

/// Signals of one tensor, Dxx = 1.5, Dyy = 0.6, Dzz = 0.4, Dxy = 0.2 · 10⁻³ mm²/s, times 1 and up to `noise`
/// more or less.
Eigen::MatrixXd signals_of(const BTable& table, double noise)
{
    std::mt19937 random(1);
    std::uniform_real_distribution<double> factor(1 - noise, 1 + noise);
    const Eigen::Matrix3d tensor{{1.5e-3, 0.2e-3, 0}, {0.2e-3, 0.6e-3, 0}, {0, 0, 0.4e-3}};
    Eigen::MatrixXd signals(voxels, static_cast<Eigen::Index>(table.size()));
    for (Eigen::Index volume = 0; volume < signals.cols(); ++volume) {
        const auto& g = table.vectors[static_cast<std::size_t>(volume)];
        const double signal =
            1000 * std::exp(-table.values[static_cast<std::size_t>(volume)] * g.dot(tensor * g));
        for (Eigen::Index voxel = 0; voxel < voxels; ++voxel)
            signals(voxel, volume) = signal * factor(random);
    }
    return signals;
}

void fit_tensor(benchmark::State& state)
{
    const auto weights = static_cast<TensorModel::Weights>(state.range(0));
    const BTable table = table_of(static_cast<int>(state.range(1)));
    const TensorModel model(table.size(), table, Eigen::Matrix3d::Identity(), {.weights = weights});
    // The trace does not depend on the axes: 2.5 · 10⁻³.
    const TensorFit exact = model.fit(signals_of(table, 0));
    if (!((exact.md().array() - 2.5e-3 / 3).abs().maxCoeff() < 1e-12))
        return state.SkipWithError("wrong diffusivity");
    const Eigen::MatrixXd signals = signals_of(table, 0.1);
    for (auto _ : state) benchmark::DoNotOptimize(model.fit(signals));
    state.SetItemsProcessed(state.iterations() * voxels);
    state.SetLabel(std::array{"unweighted", "dipy", "mrtrix"}[static_cast<std::size_t>(state.range(0))]);
}
BENCHMARK(fit_tensor)->ArgsProduct({{0, 1, 2}, {65, 150}})->Unit(benchmark::kMicrosecond);

void fit_t2star(benchmark::State& state)
{
    const double noise = static_cast<double>(state.range(1)) / 100;
    std::vector<double> echo_times(static_cast<std::size_t>(state.range(0)));
    for (std::size_t i = 0; i < echo_times.size(); ++i) echo_times[i] = 15 + 24 * static_cast<double>(i);
    const auto signals_with = [&](double most) {
        std::mt19937 random(1);
        std::uniform_real_distribution<double> factor(1 - most, 1 + most);
        Eigen::MatrixXd signals(voxels, state.range(0));
        for (Eigen::Index voxel = 0; voxel < voxels; ++voxel)
            for (Eigen::Index echo = 0; echo < signals.cols(); ++echo)
                signals(voxel, echo) =
                    1000 * std::exp(-echo_times[static_cast<std::size_t>(echo)] / 40) * factor(random);
        return signals;
    };
    const T2StarModel model(echo_times, {});
    if (!((model.fit(signals_with(0)).t2star().array() - 40).abs().maxCoeff() < 1e-9))
        return state.SkipWithError("wrong T2*");
    const Eigen::MatrixXd signals = signals_with(noise);
    for (auto _ : state) benchmark::DoNotOptimize(model.fit(signals));
    state.SetItemsProcessed(state.iterations() * voxels);
    state.SetLabel("echoes, noise in %");
}
BENCHMARK(fit_t2star)->ArgsProduct({{3, 8}, {0, 5, 30}})->Unit(benchmark::kMicrosecond);

/// From the file on: a slab of a series of float32 is read, and its mean and deviation are told.
void image_mean(benchmark::State& state)
{
    constexpr Index width = 64, slices = 8, volumes_of_image = 100;
    const Passing image{scratch("series.nii")};
    {
        // Of each voxel 0 to 99: mean 49.5, variance 100 · 101 / 12.
        std::vector<float> cells;
        for (Index volume = 0; volume < volumes_of_image; ++volume)
            cells.insert(cells.end(), width * width * slices, static_cast<float>(volume));
        NiftiMap map;
        map.nx = map.ny = width;
        map.nz = slices;
        map.nt = volumes_of_image;
        map.cells = std::span<const float>(cells);
        map.tr = 2;
        write_nifti(image.path, map);
    }
    Image source({.paths = {image.path}, .mask = {}, .companions = {}});
    source.survey("");
    const FitMean<float> kernel;
    const Plan plan = split(source.domain().size(), source.domain().size(), kernel.halo());
    const Descriptor descriptor = source.describe(plan.block(0));
    const auto once = [&] { return kernel(source.read(descriptor)); };
    const auto [maps, flags, summary] = once();
    const auto is_right = [&](std::size_t map, double value) {
        return std::ranges::all_of(maps.at(map).cells,
                                   [&](float cell) { return std::abs(cell - value) < 1e-5; });
    };
    if (!is_right(0, 49.5) || !is_right(1, std::sqrt(100 * 101 / 12.0)))
        return state.SkipWithError("ERROR: wrong mean");
    for (auto _ : state) benchmark::DoNotOptimize(once());
    state.SetBytesProcessed(state.iterations() * static_cast<Index>(std::filesystem::file_size(image.path)));
}
BENCHMARK(image_mean)->Unit(benchmark::kMillisecond);

} // namespace
