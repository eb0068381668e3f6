// SPDX-License-Identifier: MIT
#include "kernels/reduce.hpp"

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
    for (Extreme<Value>* extreme : {&known.least, &known.most})
        if (extreme->place >= 0) extreme->place = parts.place(tile, extreme->place);
    return known;
}

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
                    scalar_column<Reduction<Value>>(statistic.name, statistic.long_name, value));
            },
            statistic.value);
    return {std::move(output)};
}

template <class Value>
ResultsOf<typename ReduceFew<Value>::Outputs> ReduceFew<Value>::operator()(ArrayView view) const
{
    Scalar<Reduction<Value>> results;
    const Wanted wanted = wanted_for(options_.statistics, options_.skip_nan);
    TileParts parts(options_.axes, 0, size_of(options_.element));
    std::optional<ArrayTile> tile = view.next_tile();
    while (tile) {
        std::map<Index, Reduction<Value>> known; // of the cell
        for (Index i = 0; i < options_.tiles_of_cell && tile; ++i, tile = view.next_tile())
            parts(*tile, [&](Index result, std::span<const std::byte> part) {
                known[result].merge(reduce_part<Value>(options_.element, wanted, parts, tile->box, part));
            });
        for (const auto& [result, of_cell] : known) results.entries.push_back({result, of_cell});
    }
    return {std::move(results)};
}

template <class Value>
typename ReduceMany<Value>::Outputs ReduceMany<Value>::outputs() const
{
    Outputs outputs;
    for (const auto& [name_of_one, long_name, value] :
         statistics_of<Value>(options_.statistics, options_.ddof)) {
        const std::string path = "/reduce/" + name_of_one;
        if (value.index() == 0)
            std::get<0>(outputs).push_back({.path = path, .long_name = long_name, .units = "1"});
        else
            std::get<1>(outputs).push_back({.path = path, .long_name = long_name, .units = "1"});
    }
    return outputs;
}

template <class Value>
ResultsOf<typename ReduceMany<Value>::Outputs> ReduceMany<Value>::operator()(ArrayView view) const
{
    const Box first = view.cells();
    const auto width =
        static_cast<std::size_t>(options_.axes.results() / options_.axes.result_axes().front().size);
    std::vector<Reduction<Value>> known(static_cast<std::size_t>(first.size()) * width);
    const Wanted wanted = wanted_for(options_.statistics, options_.skip_nan);
    TileParts parts(options_.axes, first.begin, size_of(options_.element));
    while (const std::optional<ArrayTile> tile = view.next_tile())
        parts(*tile, [&](Index result, std::span<const std::byte> part) {
            known[static_cast<std::size_t>(result)].merge(
                reduce_part<Value>(options_.element, wanted, parts, tile->box, part));
        });

    ResultsOf<Outputs> results;
    const auto append = [&](auto& all, const auto& value) {
        auto& cells = all.emplace_back().cells;
        cells.reserve(known.size());
        for (const Reduction<Value>& one : known) cells.push_back(value(one));
    };
    for (const Statistic<Value>& statistic : statistics_of<Value>(options_.statistics, options_.ddof)) {
        if (const auto* integer = std::get_if<0>(&statistic.value))
            append(std::get<0>(results), *integer);
        else
            append(std::get<1>(results), std::get<1>(statistic.value));
    }
    return results;
}

template class ReduceFew<std::int64_t>;
template class ReduceFew<double>;
template class ReduceMany<std::int64_t>;
template class ReduceMany<double>;

static_assert(ItemsKernel<ReduceFew<double>> && Kernel<ReduceMany<std::int64_t>>);

} // namespace swather
