// SPDX-License-Identifier: MIT
// Speed of the general linear model, on series as an analysis gives them: tile by tile. Each benchmark checks
// its answer before it is timed; items are samples, voxels × volumes.
#include "kernels/glm.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>
#include <random>

using namespace swather;

namespace {

constexpr Index voxels = 4096;
constexpr Index volumes = 600;
constexpr Index samples = voxels * volumes;
constexpr Index voxels_of_tile = 512;
constexpr Index volumes_of_tile = 32;

/// Series that are handed out in tiles, each time anew.
class Series {
public:
    explicit Series(Eigen::MatrixXd values)
        : values_(std::move(values)) // voxels × volumes: a volume is contiguous
    {
    }

    /// Calls `visit` with each tile. Its values are a copy, as whoever has it may change them.
    template <class Visit>
    void for_each_tile(Visit&& visit)
    {
        for (SeriesTile tile = next_tile(); !tile.volumes.empty(); tile = next_tile()) visit(tile);
    }

    SeriesTile next_tile()
    {
        if (volume_ == volumes) {
            voxel_ = volume_ = 0;
            return {};
        }
        const Box of_volumes{volume_, std::min(volume_ + volumes_of_tile, volumes)};
        const Box of_voxels{voxel_, voxel_ + voxels_of_tile};
        tile_ = values_.block(of_voxels.begin, of_volumes.begin, of_voxels.size(), of_volumes.size());
        voxel_ = of_voxels.end % voxels;
        if (voxel_ == 0) volume_ = of_volumes.end;
        return {.run = 0,
                .volumes = of_volumes,
                .voxels = of_voxels,
                .values = {tile_.data(), static_cast<std::size_t>(tile_.size())}};
    }

private:
    Eigen::MatrixXd values_;
    Eigen::MatrixXd tile_;
    Index voxel_ = 0, volume_ = 0;
};

void series_sums(benchmark::State& state)
{
    // A series that begins anywhere and grows by 1: sums of t, t² and t (t − 1), which are exact.
    const auto columns = static_cast<Eigen::Index>(state.range(0));
    const Eigen::MatrixXd matrix =
        Eigen::RowVectorXd::LinSpaced(columns, 1, static_cast<double>(columns)).replicate(volumes, 1);
    const Regressors regressors({}, matrix, Regressors::Neighbours::none);
    Series series(Eigen::VectorXd::LinSpaced(voxels, 0, voxels - 1).replicate(1, volumes) +
                  Eigen::RowVectorXd::LinSpaced(volumes, 0, volumes - 1).replicate(voxels, 1));
    const auto sum_up = [&] {
        SeriesSums sums(voxels, regressors);
        series.for_each_tile([&](const SeriesTile& tile) { sums.add(tile); });
        return sums;
    };
    constexpr double sum = volumes * (volumes - 1) / 2, squares = sum * (2 * volumes - 1) / 3;
    const SeriesSums sums = sum_up();
    Eigen::VectorXd projections(regressors.columns());
    for (Index voxel = 0; voxel < voxels; ++voxel) {
        sums.projections(voxel, projections);
        if (projections.head(columns) != sum * matrix.row(0).transpose() || sums.squares(voxel) != squares ||
            sums.products(voxel) != squares - sum)
            return state.SkipWithError("wrong sums");
    }
    for (auto _ : state) benchmark::DoNotOptimize(sum_up());
    state.SetItemsProcessed(state.iterations() * samples);
    state.SetLabel("columns");
}
BENCHMARK(series_sums)->Arg(1)->Arg(11)->Arg(23)->Unit(benchmark::kMillisecond);

/// Two conditions, drift and a constant, as `swather design` makes them for ten minutes: 11 columns.
Design design_of_blocks()
{
    Design design;
    design.stored.resize(volumes, 11);
    for (Eigen::Index column = 0; column < design.stored.cols(); ++column) {
        design.names.push_back("column" + std::to_string(column));
        const double period = column == 0   ? 55
                              : column == 1 ? 31
                                            : 2.0 * volumes / static_cast<double>(column - 1);
        for (Eigen::Index volume = 0; volume < volumes; ++volume)
            design.stored(volume, column) =
                std::cos(2 * std::numbers::pi * (static_cast<double>(volume) + 0.5) / period);
    }
    design.stored.rightCols(1).setOnes();
    return design;
}

/// Column 0 · 3 + column 1 + 1000, and autoregressive noise of this deviation.
Eigen::MatrixXd series_of(const Design& design, double noise)
{
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    Eigen::MatrixXd values(voxels, volumes);
    for (Eigen::Index voxel = 0; voxel < voxels; ++voxel) {
        const double rho = 0.5 * static_cast<double>(voxel) / voxels;
        double error = 0;
        for (Eigen::Index volume = 0; volume < volumes; ++volume) {
            error = rho * error + noise * normal(random);
            values(voxel, volume) = 1000 + 3 * design.stored(volume, 0) + design.stored(volume, 1) + error;
        }
    }
    return values;
}

GlmOptions options_of(Noise noise)
{
    GlmOptions options;
    options.noise = noise;
    options.scaling = Scaling::none;
    options.designs = {design_of_blocks()};
    Eigen::MatrixXd difference = Eigen::MatrixXd::Zero(1, 11), both = Eigen::MatrixXd::Identity(2, 11);
    difference(0, 0) = 1;
    difference(0, 1) = -1;
    options.questions = {{.name = "difference", .is_f = false, .rows = {difference}},
                         {.name = "both", .is_f = true, .rows = {both}}};
    options.maps = {"effect", "variance", "stat"};
    if (noise == Noise::ar1) options.maps.emplace_back("z");
    return options;
}

SlabView view_of(Series& series)
{
    std::vector<std::int32_t> inside(static_cast<std::size_t>(voxels));
    for (std::size_t voxel = 0; voxel < inside.size(); ++voxel)
        inside[voxel] = static_cast<std::int32_t>(voxel);
    const auto next_voxels = [given = false](Index) mutable {
        return std::exchange(given, true) ? Box{} : Box{0, voxels};
    };
    return {voxels, std::move(inside), {volumes}, next_voxels, [&series] { return series.next_tile(); }};
}

/// All that is done with the series of a slab.
void glm(benchmark::State& state)
{
    const auto noise = static_cast<Noise>(state.range(0));
    const GlmOptions options = options_of(noise);
    const Glm<float> kernel(options);
    Series exact(series_of(options.designs.front(), 0)), series(series_of(options.designs.front(), 1));
    const auto effects = std::get<0>(kernel(view_of(exact))).front().cells;
    if (!std::all_of(effects.begin(), effects.end(),
                     [](float effect) { return std::abs(effect - 2) < 1e-6F; }))
        return state.SkipWithError("wrong effect");
    for (auto _ : state) benchmark::DoNotOptimize(kernel(view_of(series)));
    state.SetItemsProcessed(state.iterations() * samples);
    state.SetLabel(noise == Noise::ols ? "ols; t and F" : "ar1; t, F and z of both");
}
BENCHMARK(glm)
    ->Arg(static_cast<int>(Noise::ols))
    ->Arg(static_cast<int>(Noise::ar1))
    ->Unit(benchmark::kMillisecond);

/// What is done when the sums are there.
void linear_model(benchmark::State& state)
{
    const auto noise = static_cast<Noise>(state.range(0));
    const Design design = design_of_blocks();
    const LinearModel model(design, {}, noise);
    const auto sums_of = [&](double deviation) {
        Series series(series_of(design, deviation));
        SeriesSums sums(voxels, model.regressors());
        series.for_each_tile([&](const SeriesTile& tile) { sums.add(tile); });
        return sums;
    };
    const SeriesSums exact = sums_of(0), sums = sums_of(1);
    SeriesFitter fitter(model, Scaling::none, exact);
    for (Index voxel = 0; voxel < voxels; ++voxel) {
        fitter.fit(voxel);
        const Eigen::VectorXd beta = fitter.beta();
        if (!(std::abs(beta[0] - 3) < 1e-9 && std::abs(beta[10] - 1000) < 1e-9))
            return state.SkipWithError("wrong beta");
    }
    for (auto _ : state) {
        SeriesFitter timed(model, Scaling::none, sums);
        for (Index voxel = 0; voxel < voxels; ++voxel) benchmark::DoNotOptimize(timed.fit(voxel));
    }
    state.SetItemsProcessed(state.iterations() * samples);
    state.SetLabel(noise == Noise::ols ? "ols" : "ar1");
}
BENCHMARK(linear_model)
    ->Arg(static_cast<int>(Noise::ols))
    ->Arg(static_cast<int>(Noise::ar1))
    ->Unit(benchmark::kMillisecond);

} // namespace
