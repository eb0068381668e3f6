// SPDX-License-Identifier: MIT
#include "cli/rolling_command.hpp"

#include "cli/array_options.hpp"
#include "cli/option_rules.hpp"
#include "cli/options.hpp"
#include "kernels/rolling.hpp"
#include "run/run.hpp"
#include "sources/array.hpp"

#include <fmt/ranges.h>

namespace swather {

namespace {

const std::map<std::string, RollingStatistic> statistics_of{{"mean", RollingStatistic::mean},
                                                            {"sum", RollingStatistic::sum},
                                                            {"min", RollingStatistic::min},
                                                            {"max", RollingStatistic::max}};

struct RollingArguments {
    std::vector<std::string> statistics{"mean"};
    std::optional<std::string> axis;
    Index window = 0;
    std::optional<Index> min_periods;
    bool centered = false;
};

Windows windows_of(const RollingArguments& given, const Axis& axis)
{
    if (given.centered || given.min_periods)
        return Windows::of_each_element(given.window, axis.size, given.centered,
                                        given.min_periods.value_or(given.window));
    if (given.window > axis.size)
        throw Error(Exit::usage, "--window {}: axis {} has only {}", given.window, axis.name,
                    counted(axis.size, "element"))
            .remedy("give a window of at most {}, another --axis, or --min-periods", axis.size);
    return {.length = given.window, .axis_size = axis.size};
}

RollingOptions options_of(const RollingArguments& given, const ArrayHeader& header)
{
    RollingOptions options;
    for (const std::string& statistic : given.statistics) {
        const RollingStatistic wanted = statistics_of.at(statistic);
        if (std::count(options.statistics.begin(), options.statistics.end(), wanted) == 0)
            options.statistics.push_back(wanted);
    }
    // Several files are rolled over each by itself.
    options.axis = given.axis ? number_of_axis(header.axes, *given.axis) : (header.has_file_axis ? 1 : 0);
    options.element = header.element;
    options.sizes = header.sizes();
    options.windows = windows_of(given, header.axes[options.axis]);
    options.axes = header.axes;
    Axis& along = options.axes[options.axis];
    along.size = options.windows.count();
    if (!along.coordinates.empty()) // those of the first elements of windows, or of each element
        along.coordinates.resize(static_cast<std::size_t>(along.size));
    rename_axes(options.axes, [&](const std::string& name) {
        return statistics_of.contains(name) || (header.has_file_axis && name == "file_name");
    });
    check_axes(options.axes);
    return options;
}

/// The array is cut along its first axis. Where windows lie along it, neighbours share elements.
ArrayCut cut_of(const RollingOptions& options, const ArrayHeader& header)
{
    constexpr Index elements_of_a_tile = 1 << 16;
    ArrayCut cut{.axis = 0,
                 .tile = tile_shape(options.sizes, header.layout, elements_of_a_tile),
                 .block_bytes =
                     1 << 20, // a block is looked at as a whole: it is to stay in the cache of a core
                 .domain = ArrayDomain(options.axes, "row")};
    // Windows over files leave no place for their names, unless there is one for each.
    cut.keeps_files = header.has_file_axis && options.axes[0].size == header.axes[0].size;
    if (options.axis == 0) {
        cut.look_behind = options.windows.lead;
        cut.look_ahead = options.windows.length - 1 - options.windows.lead;
    }
    return cut;
}

} // namespace

Prepare rolling_command(CLI::App& command)
{
    auto arrays = ArrayOptions::add_to(command);
    auto given = std::make_shared<RollingArguments>();
    auto* windows = command.add_option_group("Windows", "");
    windows->add_option("-w,--window", given->window, "Elements of a window")
        ->required()
        ->check(number_from(1, 1e18))
        ->type_name("N");
    windows
        ->add_option("--stat", given->statistics,
                     "Of each window; integers stay integers, and their mean is rounded down")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(statistics_of))
        ->type_name("NAME[,…]")
        ->default_str("mean");
    windows
        ->add_option("--axis", given->axis,
                     "Along which windows lie, by its name or number; without it, the first")
        ->type_name("AXIS");
    windows
        ->add_option(
            "--min-periods", given->min_periods,
            "One window for each element, as pandas has them: those with fewer finite values are NaN")
        ->check(number_from(0, 1e18))
        ->type_name("N");
    windows->add_flag("--centered", given->centered,
                      "One window for each element, which lies in its middle; with fewer finite values than "
                      "--min-periods (the window) NaN");
    auto shared = SharedOptions::add_to(command);

    return [arrays, given, shared](const std::string& command_line) -> Action {
        if (given->min_periods && *given->min_periods > given->window)
            throw Error(Exit::usage, "--min-periods {} is more than --window {}", *given->min_periods,
                        given->window)
                .remedy("no window has so many elements");
        Fingerprint analysis;
        analysis.add("command", "rolling");
        const ArrayInputs inputs = arrays->inputs(analysis);
        analysis.add("--window", std::to_string(given->window));
        analysis.add("--stat", fmt::format("{}", fmt::join(given->statistics, ",")));
        analysis.add("--axis", given->axis.value_or(""));
        analysis.add("--min-periods", given->min_periods ? std::to_string(*given->min_periods) : "");
        analysis.add("--centered", given->centered ? "yes" : "no");
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;

        return [given, inputs, options](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                const ArrayHeader header = share_header(comm, inputs);
                RollingOptions wanted;
                agree(comm, [&] { wanted = options_of(*given, header); });
                Array source{inputs, header, cut_of(wanted, header), options.hash_inputs};
                if (is_integer(wanted.element) && !wanted.windows.of_each)
                    run(comm, source, Rolling<Index>{wanted}, options, status);
                else
                    run(comm, source, Rolling<double>{wanted}, options, status);
            });
        };
    };
}

} // namespace swather
