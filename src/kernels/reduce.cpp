// SPDX-License-Identifier: MIT
#include "kernels/reduce.hpp"

#include "base/error.hpp"

#include <map>

namespace swather {

namespace {

/// What is known of a tile's part of a result; the places of extremes are among all elements of the result.
template <class Value>
Reduction<Value> reduce_part(Element element, const Wanted& wanted, const TileParts& parts,
                             const ArrayBox& tile, std::span<const std::byte> part)
{
    Reduction<Value> known;
    if constexpr (std::is_same_v<Value, double>)
        known = reduce_reals(element, part, wanted);
    else
        known = reduce_integers(element, part, wanted);
    for (auto* extreme : {&known.least, &known.most})
        if (extreme->place >= 0) extreme->place = parts.place(tile, extreme->place);
    return known;
}

/// The values of a statistic of results that follow each other; an error tells of which.
template <class Value, class Function>
auto values_of(const Function& value, std::span<const Reduction<Value>> known, Index first,
               const ReduceOptions& options)
{
    std::vector<std::invoke_result_t<Function, const Reduction<Value>&>> values;
    values.reserve(known.size());
    try {
        for (const Reduction<Value>& one : known) values.push_back(value(one));
    } catch (Error& error) {
        if (options.axes.which(false).empty()) throw error.within("'{}'", options.input);
        throw error.within("'{}', at {}", options.input,
                           place_along(options.axes.result_axes(), first + std::ssize(values)));
    }
    return values;
}

/// The edges of the bins, where there are some.
Supplement tell_bins(const Bins& bins, const std::string& group)
{
    Supplement supplement;
    if (bins.size() == 0) return supplement;
    const std::vector<double>& edges = bins.edges();
    Table table{.group = group + "/bins", .dimension = "bin", .rows = bins.size(), .columns = {}};
    table.columns.push_back(
        {"lower", std::vector(edges.begin(), edges.end() - 1), "least value that is counted in the bin", ""});
    table.columns.push_back({"upper", std::vector(edges.begin() + 1, edges.end()),
                             "value from which on it is not; in the last bin, it is", ""});
    supplement.tables.push_back(std::move(table));
    return supplement;
}

constexpr const char* of_histogram = "number of values in each bin";

} // namespace

template <class Value>
typename ReduceFew<Value>::Outputs ReduceFew<Value>::outputs() const
{
    ScalarOutput<Reduction<Value>> output{
        .group = "/reduce", .columns = {}, .axes = options_.axes.result_axes()};
    for (const Statistic<Value>& statistic : statistics_of<Value>(options_.statistics, options_.ddof))
        std::visit(
            [&](const auto& value) {
                output.columns.push_back(
                    {statistic.name, statistic.long_name,
                     [value, options = options_](std::span<const Reduction<Value>> all) -> Column::Values {
                         return values_of<Value>(value, all, 0, options);
                     }});
            },
            statistic.value);
    ScalarOutput<BinCount> histogram{.group = "/reduce", .columns = {}, .axes = options_.axes.result_axes()};
    histogram.axes.push_back({.name = "bin", .size = options_.bins.size()});
    if (options_.bins.size() > 0)
        histogram.columns.push_back(scalar_column<BinCount>(
            "histogram", of_histogram, [](const BinCount& count) { return count.elements; }));
    return {std::move(output), std::move(histogram)};
}

template <class Value>
Supplement ReduceFew<Value>::supplement(const std::string& group) const
{
    return tell_bins(options_.bins, group);
}

template <class Value>
ResultsOf<typename ReduceFew<Value>::Outputs> ReduceFew<Value>::operator()(ArrayView view) const
{
    Scalar<Reduction<Value>> results;
    const auto bins = static_cast<std::size_t>(options_.bins.size());
    std::vector<Index> counts(static_cast<std::size_t>(options_.axes.results()) * bins);
    const Wanted wanted = wanted_for(options_.statistics, options_.skip_nan);
    TileParts parts(options_.axes, 0, size_of(options_.element));
    std::optional<ArrayTile> tile = view.next_tile();
    while (tile) {
        std::map<Index, Reduction<Value>> known; // of the cell
        for (Index i = 0; i < options_.tiles_of_cell && tile; ++i, tile = view.next_tile())
            parts(*tile, [&](Index result, std::span<const std::byte> part) {
                known[result].merge(reduce_part<Value>(options_.element, wanted, parts, tile->box, part));
                if (bins == 0) return;
                options_.bins.count(options_.element, part,
                                    std::span(counts).subspan(static_cast<std::size_t>(result) * bins, bins));
            });
        for (const auto& [result, of_cell] : known) results.entries.push_back({result, of_cell});
    }
    Scalar<BinCount> histogram;
    for (std::size_t item = 0; item < counts.size(); ++item)
        if (counts[item] > 0) histogram.entries.push_back({static_cast<Index>(item), {counts[item]}});
    return {std::move(results), std::move(histogram)};
}

template <class Value>
typename ReduceMany<Value>::Outputs ReduceMany<Value>::outputs() const
{
    Outputs outputs;
    for (const auto& [name_of_one, long_name, value] :
         statistics_of<Value>(options_.statistics, options_.ddof)) {
        const std::string path = "/reduce/" + name_of_one;
        if (value.index() == 0)
            std::get<0>(outputs).push_back({.path = path, .long_name = long_name, .units = ""});
        else
            std::get<1>(outputs).push_back({.path = path, .long_name = long_name, .units = ""});
    }
    if (options_.bins.size() > 0)
        std::get<0>(outputs).push_back({.path = "/reduce/histogram",
                                        .long_name = of_histogram,
                                        .units = "1",
                                        .inner = {{.name = "bin", .size = options_.bins.size()}}});
    return outputs;
}

template <class Value>
Supplement ReduceMany<Value>::supplement(const std::string& group) const
{
    return tell_bins(options_.bins, group);
}

template <class Value>
ResultsOf<typename ReduceMany<Value>::Outputs> ReduceMany<Value>::operator()(ArrayView view) const
{
    const Box first = view.cells();
    const auto width =
        static_cast<std::size_t>(options_.axes.results() / options_.axes.result_axes().front().size);
    std::vector<Reduction<Value>> known(static_cast<std::size_t>(first.size()) * width);
    const auto bins = static_cast<std::size_t>(options_.bins.size());
    std::vector<Index> counts(known.size() * bins);
    const Wanted wanted = wanted_for(options_.statistics, options_.skip_nan);
    TileParts parts(options_.axes, first.begin, size_of(options_.element));
    while (const std::optional<ArrayTile> tile = view.next_tile())
        parts(*tile, [&](Index result, std::span<const std::byte> part) {
            const auto number = static_cast<std::size_t>(result);
            known[number].merge(reduce_part<Value>(options_.element, wanted, parts, tile->box, part));
            if (bins > 0)
                options_.bins.count(options_.element, part, std::span(counts).subspan(number * bins, bins));
        });

    ResultsOf<Outputs> results;
    const Index first_result = first.begin * static_cast<Index>(width);
    const auto append = [&](auto& all, const auto& value) {
        all.push_back({values_of<Value>(value, known, first_result, options_)});
    };
    for (const Statistic<Value>& statistic : statistics_of<Value>(options_.statistics, options_.ddof)) {
        if (const auto* integer = std::get_if<0>(&statistic.value))
            append(std::get<0>(results), *integer);
        else
            append(std::get<1>(results), std::get<1>(statistic.value));
    }
    if (bins > 0) std::get<0>(results).push_back({std::move(counts)});
    return results;
}

template class ReduceFew<std::int64_t>;
template class ReduceFew<double>;
template class ReduceMany<std::int64_t>;
template class ReduceMany<double>;

static_assert(ItemsKernel<ReduceFew<double>> && Kernel<ReduceMany<std::int64_t>>);

} // namespace swather
