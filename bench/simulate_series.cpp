// SPDX-License-Identifier: MIT
// Makes a functional image that looks real enough to try `swather fit` on: a head of which two parts follow
// two conditions, with drift and noise that remembers the volume before.
#include "simulate/random.hpp"
#include "sources/nifti_writer.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/os.h>

#include <array>
#include <cmath>
#include <vector>

namespace {

using swather::Index;
using Place = std::array<double, 3>; // −1 to 1 from side to side of the image, along x, y and z

struct Options {
    std::string prefix;
    std::array<Index, 3> shape{52, 62, 40};
    Index volumes = 120;
    double tr = 2;
    std::uint64_t seed = 1;
};

/// Squared distance from `centre`, in units of the half axes.
double distance(const Place& place, const Place& centre, const Place& half_axes)
{
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += std::pow((place[i] - centre[i]) / half_axes[i], 2);
    return sum;
}

struct Voxel {
    bool inside = false;
    double signal = 0;
    std::array<double, 2> response{}; ///< to each condition, of the signal
};

Voxel voxel_at(const Place& place)
{
    const double head = distance(place, {0, 0, 0}, {0.80, 0.90, 0.85});
    Voxel voxel{.inside = head < 1, .signal = 20};
    if (!voxel.inside) return voxel;
    const bool is_ventricle = distance(place, {0.12, 0, 0.1}, {0.09, 0.35, 0.22}) < 1 ||
                              distance(place, {-0.12, 0, 0.1}, {0.09, 0.35, 0.22}) < 1;
    const double folds = 120 * std::sin(17 * place[0]) * std::sin(13 * place[1] + 9 * place[2]);
    voxel.signal = is_ventricle ? 1500 : (head > 0.65 ? 1150 : 950) + folds;
    voxel.response[0] = 0.025 * std::exp(-distance(place, {-0.42, -0.45, 0.2}, {0.2, 0.22, 0.3}));
    voxel.response[1] = 0.025 * std::exp(-distance(place, {0.45, 0.3, 0.25}, {0.2, 0.22, 0.3}));
    return voxel;
}

/// Conditions take turns, 20 s on and 10 s rest; the response follows within seconds.
constexpr double seconds_on = 20, seconds_rest = 10, seconds_to_follow = 5;

std::size_t condition_at(double second)
{
    return static_cast<std::size_t>(second / (seconds_on + seconds_rest)) % 2;
}

bool is_on(double second) { return std::fmod(second, seconds_on + seconds_rest) < seconds_on; }

/// The voxels of the image, x fastest.
std::vector<Voxel> head_of(const std::array<Index, 3>& shape)
{
    const auto place_of = [&](Index i, std::size_t axis) {
        return (2.0 * static_cast<double>(i) + 1) / static_cast<double>(shape[axis]) - 1;
    };
    std::vector<Voxel> head;
    for (Index z = 0; z < shape[2]; ++z)
        for (Index y = 0; y < shape[1]; ++y)
            for (Index x = 0; x < shape[0]; ++x)
                head.push_back(voxel_at({place_of(x, 0), place_of(y, 1), place_of(z, 2)}));
    return head;
}

std::vector<float> series_of(const std::vector<Voxel>& head, const Options& options)
{
    simulate::Random random(options.seed);
    std::vector<double> noise(head.size());
    std::array<double, 2> response{};
    std::vector<float> values;
    values.reserve(head.size() * static_cast<std::size_t>(options.volumes));
    for (Index volume = 0; volume < options.volumes; ++volume) {
        const double second = static_cast<double>(volume) * options.tr;
        for (std::size_t condition = 0; condition < 2; ++condition) {
            const double wanted = is_on(second) && condition_at(second) == condition ? 1 : 0;
            response[condition] +=
                (wanted - response[condition]) * (1 - std::exp(-options.tr / seconds_to_follow));
        }
        const double drift = 0.01 * static_cast<double>(volume) / static_cast<double>(options.volumes);
        for (std::size_t i = 0; i < head.size(); ++i) {
            const Voxel& voxel = head[i];
            noise[i] = 0.35 * noise[i] + 9 * random.normal();
            const double change = drift + voxel.response[0] * response[0] + voxel.response[1] * response[1];
            values.push_back(
                static_cast<float>(std::max(0.0, std::round(voxel.signal * (1 + change) + noise[i]))));
        }
    }
    return values;
}

void write(const std::string& path, const std::vector<float>& cells, const Options& options, Index volumes)
{
    swather::NiftiMap map;
    map.nx = options.shape[0];
    map.ny = options.shape[1];
    map.nz = options.shape[2];
    map.nt = volumes;
    map.cells = std::span<const float>(cells);
    for (std::size_t i = 0; i < 3; ++i) {
        map.affine[i][i] = map.zooms[i] = 3;
        map.affine[i][3] = -1.5 * static_cast<double>(options.shape[i]);
    }
    map.affine[3][3] = 1;
    map.sform_code = map.qform_code = 1;
    map.tr = volumes > 1 ? options.tr : 0;
    swather::write_nifti(path, map);
}

void simulate_series(const Options& options)
{
    const std::vector<Voxel> head = head_of(options.shape);
    write(options.prefix + ".nii.gz", series_of(head, options), options, options.volumes);
    std::vector<float> mask;
    for (const Voxel& voxel : head) mask.push_back(voxel.inside ? 1 : 0);
    write(options.prefix + ".mask.nii.gz", mask, options, 1);

    auto events = fmt::output_file(options.prefix + ".events.tsv");
    events.print("onset\tduration\ttrial_type\n");
    for (double second = 0; second < static_cast<double>(options.volumes) * options.tr;
         second += seconds_on + seconds_rest)
        events.print("{}\t{}\t{}\n", second, seconds_on, condition_at(second) == 0 ? "A" : "B");
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app(
        "Simulates functional imaging: writes PREFIX.nii.gz, PREFIX.mask.nii.gz and PREFIX.events.tsv.");
    app.add_option("PREFIX", options.prefix)->required();
    app.option_defaults()->always_capture_default();
    app.add_option("--shape", options.shape, "voxels along x, y and z")->delimiter(',');
    app.add_option("--volumes", options.volumes)->check(CLI::PositiveNumber);
    app.add_option("--tr", options.tr, "seconds from volume to volume")->check(CLI::PositiveNumber);
    app.add_option("--seed", options.seed, "other noise for other seeds");
    try {
        app.parse(argc, argv);
        simulate_series(options);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 1;
    } catch (const std::exception& e) {
        fmt::print(stderr, "simulate_series: {}\n", e.what());
        return 1;
    }
}
