// SPDX-License-Identifier: MIT
#include "cli/reduce_command.hpp"

#include "cli/array_options.hpp"
#include "cli/option_rules.hpp"
#include "cli/options.hpp"
#include "kernels/reduce.hpp"
#include "run/run.hpp"
#include "sources/array.hpp"

#include <set>

namespace swather {

namespace {

constexpr const char* median = "median"; // a statistic to users, a quantile to the kernels

struct ReduceArguments {
    ArrayInputs inputs;
    std::vector<std::string> axes;
    std::vector<std::string> statistics;
    std::vector<double> quantiles;
    bool approximate = false;
    double ddof = 0;
    bool skip_nan = false;
    std::optional<Index> bins;
    std::vector<double> range;
    bool hash_whole = false;
};

/// The axes that are reduced: those that were named, or all but that of files.
ReducedAxes axes_of(const ReduceArguments& given, const ArrayHeader& header)
{
    ReducedAxes axes{.axes = header.axes, .is_reduced = std::vector<char>(header.axes.size(), 0)};
    if (given.axes.empty() || given.axes == std::vector<std::string>{"all"}) {
        axes.is_reduced.assign(header.axes.size(), 1);
        if (given.axes.empty() && header.has_file_axis) axes.is_reduced.front() = 0;
    } else {
        for (const std::string& axis : given.axes) {
            char& is_reduced = axes.is_reduced[number_of_axis(header.axes, axis)];
            if (is_reduced != 0) throw Error(Exit::usage, "--axis {}: the axis is named twice", axis);
            is_reduced = 1;
        }
    }
    std::set<std::string_view> taken(all_statistics.begin(), all_statistics.end());
    taken.insert(median);
    if (header.has_file_axis) taken.insert("file_name");
    if (given.bins) taken.insert({"bin", "bins", "histogram"});
    if (!given.quantiles.empty()) taken.insert({"quantile", "quantiles"});
    rename_axes(axes.axes, [&](const std::string& name) { return taken.contains(name); });
    std::vector<Axis> of_results = axes.result_axes();
    if (given.bins || !given.quantiles.empty())
        of_results.emplace_back(); // behind them, that of bins or quantiles
    check_axes(of_results);
    return axes;
}

bool are_few(const ReduceOptions& what)
{
    constexpr Index most = 4096;
    constexpr Index most_bins = 1 << 20; // of all results
    const Index results = what.axes.results();
    return results == 1 || (results <= most && results * what.bins.size() <= most_bins &&
                            RadixSelection::has_room(results, std::ssize(what.all_quantiles())));
}

/// The bins of histograms, if they are asked for.
Bins bins_of(const ReduceArguments& given)
{
    if (!given.bins) return {};
    if (given.range.size() != 2 || !(given.range[0] < given.range[1]) || !std::isfinite(given.range[0]) ||
        !std::isfinite(given.range[1]))
        throw Error(Exit::usage, "--range {}: it is not from a number to a larger one",
                    fmt::join(given.range, ","))
            .remedy("say --range 0,100; --stat min,max tells where the values are");
    return {*given.bins, given.range[0], given.range[1]};
}

/// What is computed, but for the axes: `Exit::usage` where that is nothing, or anything twice.
ReduceOptions options_of(const ReduceArguments& given)
{
    ReduceOptions what{.inputs = {},
                       .axes = {},
                       .statistics = given.statistics,
                       .ddof = given.ddof,
                       .quantiles = given.quantiles,
                       .approximate_quantiles = given.approximate,
                       .skip_nan = given.skip_nan,
                       .bins = bins_of(given)};
    const auto check_different = [](const char* option, const auto& values) {
        std::set<std::decay_t<decltype(values[0])>> named;
        for (const auto& value : values)
            if (!named.insert(value).second) throw Error(Exit::usage, "{} names {} twice", option, value);
    };
    check_different("--stat", given.statistics);
    check_different("--quantiles", given.quantiles);
    constexpr std::size_t most_quantiles = 1000;
    if (given.quantiles.size() > most_quantiles)
        throw Error(Exit::usage, "--quantiles: {} are more than {}", with_commas(std::ssize(given.quantiles)),
                    with_commas(most_quantiles));
    what.median = std::erase(what.statistics, median) > 0;
    if (given.statistics.empty() && given.quantiles.empty())
        throw Error(Exit::usage, "nothing is asked for").remedy("say --stat mean, or --quantiles 0.05,0.95");
    if (given.approximate && what.all_quantiles().empty())
        throw Error(Exit::usage, "--approx goes with --quantiles or --stat median, and neither was given")
            .remedy("leave it out, or give one of them");
    return what;
}

/// Of few results: the tiles of a cell, so many that what is known of each result is little beside its
/// elements, and that there are not more than a million cells.
Index tiles_of_cell(const ReducedAxes& axes, const ArrayTiles& tiles)
{
    constexpr Index elements_of_result = 4096;
    constexpr Index most_cells = 1 << 20;
    const auto parts_of = [](Index all, Index part) { return (all + part - 1) / part; };
    return std::max(parts_of(elements_of_result * axes.results(), tiles.elements()),
                    parts_of(tiles.size(), most_cells));
}

/// Blocks are of tiles where results are few, and of results where they are many.
ArrayCut cut_of(const ReducedAxes& axes, const ArrayHeader& header, bool few)
{
    ArrayCut cut;
    cut.tile = reduced_tile(axes, header.layout);
    cut.keeps_files = header.has_file_axis && axes.is_reduced.front() == 0;
    if (few) {
        const ArrayTiles tiles(header.sizes(), cut.tile);
        cut.tiles_of_cell = tiles_of_cell(axes, tiles);
        const Index cells = (tiles.size() + cut.tiles_of_cell - 1) / cut.tiles_of_cell;
        cut.domain = ArrayDomain({{.name = "part", .size = cells}}, "part");
    } else {
        cut.axis = axes.which(false).front();
        cut.domain = ArrayDomain(axes.result_axes(), "coordinate");
    }
    return cut;
}

template <class Value>
void reduce(const Communicator& comm, const ReduceArguments& given, const ArrayHeader& header,
            ReduceOptions what, const RunOptions& options, Status& status)
{
    const bool few = are_few(what);
    const ArrayCut cut = cut_of(what.axes, header, few);
    what.tiles_of_cell = cut.tiles_of_cell;
    Array source(given.inputs, header, cut, given.hash_whole);
    few ? run(comm, source, ReduceFew<Value>(std::move(what)), options, status)
        : run(comm, source, ReduceMany<Value>(std::move(what)), options, status);
}

} // namespace

Prepare reduce_command(CLI::App& command)
{
    auto given = std::make_shared<ReduceArguments>();
    auto inputs = ArrayOptions::add_to(command);
    std::vector<std::string> names(all_statistics.begin(), all_statistics.end());
    names.emplace_back(median);
    auto* statistics = command.add_option_group("Statistics", "");
    statistics->add_option("--stat", given->statistics, "What is computed")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::IsMember(names))
        ->type_name("NAME[,…]");
    statistics
        ->add_option("--quantiles", given->quantiles,
                     "Quantiles too, or alone: of each result, as numpy has them (linear)")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(number_from(0, 1))
        ->type_name("Q[,…]");
    statistics->add_flag(
        "--approx", given->approximate,
        "Quantiles of values rounded to 9 binary digits, 0.2 % of each at most: of few results, "
        "in fewer passes over the input");
    statistics
        ->add_option(
            "--axis", given->axes,
            "Over which axes, by name or number; without it, over all of each file; all: of all files")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("AXIS[,…]|all");
    statistics->add_option("--ddof", given->ddof, "sd and var divide by the number of values less this")
        ->check(number_from(0, 1e9))
        ->capture_default_str();
    statistics->add_flag("--skip-nan", given->skip_nan,
                         "Leave values out that are NaN; without it, NaN is the result");
    auto* range = statistics->add_option("--range", given->range, "From where to where bins are")
                      ->delimiter(',')
                      ->allow_extra_args(false)
                      ->type_name("LEAST,MOST");
    auto* bins =
        statistics
            ->add_option("--bins", given->bins, "A histogram of each result too: so many bins of one width")
            ->check(CLI::Range(1, 1'000'000))
            ->needs(range);
    range->needs(bins);
    auto shared = SharedOptions::add_to(command);
    command.footer("-o - prints the results, where they are 4,096 at most, on stdout: tab-separated, with a "
                   "header. Of so "
                   "few, --block-size counts parts of the array, of some tiles each; of more, coordinates of "
                   "the first axis "
                   "that is left");

    return [given, inputs, shared](const std::string& command_line) -> Action {
        const auto list = [](const auto& values) { return fmt::format("{}", fmt::join(values, ",")); };
        const ReduceOptions wanted = options_of(*given);
        Fingerprint analysis;
        analysis.add("command", "reduce");
        given->inputs = inputs->inputs(analysis);
        analysis.add("--axis", list(given->axes));
        analysis.add("--stat", list(given->statistics));
        analysis.add("--quantiles", list(given->quantiles));
        analysis.add("--approx", given->approximate ? "yes" : "no");
        analysis.add("--ddof", fmt::format("{}", given->ddof));
        analysis.add("--bins", given->bins ? fmt::format("{}", *given->bins) : "");
        analysis.add("--range", list(given->range));
        analysis.add("--skip-nan", given->skip_nan ? "yes" : "no");
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;
        given->hash_whole = options.hash_inputs;

        return [given, options, wanted](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                const ArrayHeader header = share_header(comm, given->inputs);
                ReduceOptions what = wanted;
                what.inputs = header.names;
                what.element = header.element;
                agree(comm, [&] {
                    what.axes = axes_of(*given, header);
                    if (options.prints() && given->bins)
                        throw Error(Exit::usage, "-o -: histograms are not printed")
                            .remedy("name the file to make: -o OUT.h5");
                    if (options.prints() && !are_few(what))
                        throw Error(Exit::usage, "-o -: {} are more than are printed",
                                    counted(what.axes.results(), "result"))
                            .remedy("name the file to make: -o OUT.h5");
                });
                is_integer(header.element) ? reduce<std::int64_t>(comm, *given, header, what, options, status)
                                           : reduce<double>(comm, *given, header, what, options, status);
            });
        };
    };
}

} // namespace swather
