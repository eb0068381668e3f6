// SPDX-License-Identifier: MIT
// What the models have in common: the maps of a slab are the same however many of its voxels are at hand.
#include "kernels/fit_mean.hpp"
#include "kernels/fit_t2star.hpp"
#include "kernels/fit_tensor.hpp"
#include "kernels/glm.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <numeric>

using namespace swather;

namespace {

constexpr Index elements = 23;

/// The series of a slab: of its voxels, which are every second element, in runs of so many volumes.
struct Series {
    Eigen::MatrixXd values; ///< voxels × volumes
    std::vector<Index> runs;
};

/// Hands out tiles of few voxels and volumes, of at most `most_at_hand` voxels at a time.
class Reader {
public:
    Reader(const Series& series, Index most_at_hand)
        : series_(series)
        , most_at_hand_(most_at_hand)
    {
    }

    Box next_voxels(Index most)
    {
        at_hand_ = {at_hand_.end, std::min(at_hand_.end + std::min(most, most_at_hand_), voxels())};
        run_ = volume_ = voxel_ = 0;
        return at_hand_;
    }

    SeriesTile next_tile()
    {
        if (run_ == std::ssize(series_.runs)) return {};
        const Index count = series_.runs[static_cast<std::size_t>(run_)];
        const Index before = std::accumulate(
            series_.runs.begin(), series_.runs.begin() + static_cast<std::ptrdiff_t>(run_), Index{0});
        SeriesTile tile{.run = run_,
                        .volumes = {volume_, std::min(volume_ + 4, count)},
                        .voxels = {voxel_, std::min(voxel_ + 3, at_hand_.size())},
                        .values = {}};
        tile_ = series_.values.block(at_hand_.begin + voxel_, before + volume_, tile.voxels.size(),
                                     tile.volumes.size());
        tile.values = {tile_.data(), static_cast<std::size_t>(tile_.size())};
        voxel_ = tile.voxels.end % at_hand_.size();
        if (voxel_ == 0) volume_ = tile.volumes.end % count;
        if (voxel_ == 0 && volume_ == 0) ++run_;
        return tile;
    }

    SlabView view()
    {
        std::vector<std::int32_t> inside;
        for (std::int32_t voxel = 0; voxel < voxels(); ++voxel) inside.push_back(2 * voxel + 1);
        return {elements, inside, series_.runs, [this](Index most) { return next_voxels(most); },
                [this] { return next_tile(); }};
    }

private:
    [[nodiscard]] Index voxels() const { return series_.values.rows(); }

    const Series& series_;
    Index most_at_hand_;
    Box at_hand_;
    Index run_ = 0, volume_ = 0, voxel_ = 0;
    Eigen::MatrixXd tile_;
};

/// All cells of all maps, and the flags.
template <class K>
std::pair<std::vector<double>, std::vector<FitFlags>> maps_of(const K& kernel, const Series& series,
                                                              Index most_at_hand)
{
    Reader reader(series, most_at_hand);
    const auto [maps, flags, summary] = kernel(reader.view());
    std::vector<double> cells;
    for (const auto& map : maps) cells.insert(cells.end(), map.cells.begin(), map.cells.end());
    return {cells, flags.cells};
}

template <class K>
void expect_same_maps(const K& kernel, const Series& series)
{
    const auto [expected, flags] = maps_of(kernel, series, elements);
    EXPECT_GT(
        std::count_if(expected.begin(), expected.end(), [](double cell) { return std::isfinite(cell); }),
        std::ssize(series.values.col(0)));
    for (const Index most_at_hand : {1, 2, 4, 10}) {
        const auto [cells, own_flags] = maps_of(kernel, series, most_at_hand);
        ASSERT_EQ(cells.size(), expected.size());
        EXPECT_EQ(std::memcmp(cells.data(), expected.data(), cells.size() * sizeof(double)), 0)
            << most_at_hand << " at hand"; // NaN too
        EXPECT_EQ(own_flags, flags) << most_at_hand << " at hand";
    }
}

Series random_series(std::vector<Index> runs)
{
    const Index volumes = std::accumulate(runs.begin(), runs.end(), Index{0});
    Series series{(Eigen::MatrixXd::Random(elements / 2, volumes).array() * 20 + 100).matrix(),
                  std::move(runs)};
    series.values.row(3).setConstant(7);
    series.values(5, 1) = std::numeric_limits<double>::quiet_NaN();
    series.values(6, 0) = 1e200;
    return series;
}

} // namespace

TEST(Fits, OfTheMean) { expect_same_maps(FitMean<double>(), random_series({9, 6})); }

TEST(Fits, OfT2Star)
{
    expect_same_maps(FitT2Star<double>(T2StarModel({5, 10, 20, 40, 60}, {}), 5), random_series({5}));
}

TEST(Fits, OfTensors)
{
    BTable table{.values = {0}, .vectors = {Eigen::Vector3d::Zero()}};
    for (int i = 0; i < 12; ++i) {
        table.values.push_back(1000);
        table.vectors.push_back(Eigen::Vector3d(std::cos(i), std::sin(i), std::cos(3 * i)).normalized());
    }
    expect_same_maps(FitTensor<double>(TensorModel(13, table, Eigen::Matrix3d::Identity(), {}), 13),
                     random_series({13}));
}

TEST(Fits, OfLinearModels)
{
    const std::vector<Index> runs{21, 30};
    GlmOptions options;
    GlmQuestion effect{.name = "A - B", .is_f = false, .rows = {}};
    GlmQuestion any{.name = "any", .is_f = true, .rows = {}};
    for (const Index volumes : runs) {
        Eigen::MatrixXd design = Eigen::MatrixXd::Random(volumes, 3);
        design.col(2).setOnes();
        options.designs.push_back({{"A", "B", "constant"}, design});
        effect.rows.push_back(Eigen::RowVector3d(1, -1, 0));
        any.rows.push_back(Eigen::MatrixXd::Identity(2, 3));
    }
    options.questions = {effect, any};
    options.maps.assign(glm_maps.begin(), glm_maps.end());
    for (const Noise noise : {Noise::ols, Noise::ar1}) {
        options.noise = noise;
        expect_same_maps(Glm<double>(options), random_series(runs));
    }
}
