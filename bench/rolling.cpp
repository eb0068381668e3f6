// SPDX-License-Identifier: MIT
// Speed of windows that move along an array in memory. Each benchmark checks its answer.
#include "kernels/rolling.hpp"

#include <benchmark/benchmark.h>

#include <numeric>

using namespace swather;

namespace {

constexpr Index window = 1000;
constexpr Index elements = 1 << 18; // of a block

/// −1000 … 1000 over and over, in steps that visit all of them.
template <class T>
std::vector<T> series()
{
    std::vector<T> values(elements);
    for (Index i = 0; i < elements; ++i)
        values[static_cast<std::size_t>(i)] = static_cast<T>(i * 997 % 2001 - 1000);
    return values;
}

/// The array in tiles of 65,536 elements, as it would be read.
template <class T>
ArrayView view_of(const std::vector<T>& values, const RollingOptions& options)
{
    const Box rows{0, options.windows.count()};
    return {rows, [&values, row = Index{0}, sizes = options.sizes]() mutable -> std::optional<ArrayTile> {
                if (row == sizes[0]) return std::nullopt;
                const Index width = elements / sizes[0];
                const Index end = std::min(row + 65'536 / width, sizes[0]);
                ArrayBox box{{row, end}};
                if (sizes.size() == 2) box.push_back({0, width});
                const std::span part(values.data() + row * width,
                                     static_cast<std::size_t>((end - row) * width));
                row = end;
                return ArrayTile{std::move(box), std::as_bytes(part)};
            }};
}

template <class T, class Result>
void rolling(benchmark::State& state, Element element, RollingStatistic statistic)
{
    const Index width = state.range(0);
    const std::vector<T> values = series<T>();
    RollingOptions options{.statistics = {statistic},
                           .element = element,
                           .sizes = {elements / width},
                           .axes = {{.name = "d0", .size = elements / width - window + 1}},
                           .windows = {.length = window, .axis_size = elements / width}};
    if (width > 1) {
        options.sizes.push_back(width);
        options.axes.push_back({.name = "d1", .size = width});
    }
    const Rolling<Result> kernel(options);

    // The last window of the last line, element by element.
    Index sum = 0;
    for (Index row = options.sizes[0] - window; row < options.sizes[0]; ++row)
        sum += static_cast<Index>(values[static_cast<std::size_t>((row + 1) * width - 1)]);
    const double mean = static_cast<double>(sum) / static_cast<double>(window);
    const auto results = std::get<0>(kernel(view_of(values, options))).front().cells;
    const double expected = statistic == RollingStatistic::max ? 1000
                            : std::is_integral_v<Result>       ? std::floor(mean)
                                                               : mean;
    if (statistic == RollingStatistic::mean && static_cast<double>(results.back()) != expected)
        return state.SkipWithError("ERROR: the mean is another");
    if (statistic == RollingStatistic::max && *std::max_element(results.begin(), results.end()) != 1000)
        return state.SkipWithError("ERROR: the largest value is another");
    for (auto _ : state) benchmark::DoNotOptimize(kernel(view_of(values, options)));
    state.SetItemsProcessed(state.iterations() * elements);
}
void rolling_mean_of_int64(benchmark::State& state)
{
    rolling<std::int64_t, Index>(state, Element::int64, RollingStatistic::mean);
}
BENCHMARK(rolling_mean_of_int64)->Arg(1)->Arg(64)->ArgName("width");

void rolling_mean_of_float64(benchmark::State& state)
{
    rolling<double, double>(state, Element::float64, RollingStatistic::mean);
}
BENCHMARK(rolling_mean_of_float64)->Arg(1)->Arg(64)->ArgName("width");

void rolling_max_of_float32(benchmark::State& state)
{
    rolling<float, double>(state, Element::float32, RollingStatistic::max);
}
BENCHMARK(rolling_max_of_float32)->Arg(1)->Arg(64)->ArgName("width");

} // namespace
