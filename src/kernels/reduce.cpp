// SPDX-License-Identifier: MIT
#include "kernels/reduce.hpp"

#include "base/error.hpp"
#include "kernels/quantile.hpp"
#include "kernels/tally.hpp"

#include <algorithm>
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
        const Index result = first + std::ssize(values);
        const std::string input = options.input_of(result);
        if (options.axes.which(false).empty()) throw error.within("{}", input);
        throw error.within("{}, at {}", input, place_along(options.axes.result_axes(), result));
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
constexpr const char* of_median = "median";
constexpr const char* of_quantiles = "quantiles";

/// Along which the quantiles of each result lie.
Axis quantile_axis(const ReduceOptions& options)
{
    return {.name = "quantile", .size = std::ssize(options.quantiles), .coordinates = options.quantiles};
}

Index elements_of_result(const ReduceOptions& options)
{
    return size_along(options.axes.axes) / options.axes.results();
}

RadixSelection selection_for(const ReduceOptions& options)
{
    const std::vector<double> quantiles = options.all_quantiles();
    if (quantiles.empty()) return {};
    return {options.element, options.axes.results(), elements_of_result(options), quantiles,
            options.approximate_quantiles};
}

/// Of all quantiles of each result, as many as there are, some: from `first` on.
std::vector<double> some_quantiles(const std::vector<double>& all, const ReduceOptions& options,
                                   std::size_t first, std::size_t count)
{
    const std::size_t of_result = options.all_quantiles().size();
    std::vector<double> some;
    for (std::size_t i = first; i < all.size(); i += of_result)
        some.insert(some.end(), all.begin() + static_cast<std::ptrdiff_t>(i),
                    all.begin() + static_cast<std::ptrdiff_t>(i + count));
    return some;
}

/// All elements of some results, each result's end to end.
class Gathered {
public:
    Gathered(std::size_t results, Index elements, Element element)
        : element_(element)
        , bytes_of_result_(static_cast<std::size_t>(elements * size_of(element)))
        , bytes_(results * bytes_of_result_)
        , filled_(results)
    {
    }

    void append(std::size_t result, std::span<const std::byte> part)
    {
        std::copy(part.begin(), part.end(),
                  bytes_.begin() + static_cast<std::ptrdiff_t>(result * bytes_of_result_ + filled_[result]));
        filled_[result] += part.size();
    }

    /// Those of each result. The order of the elements is lost.
    std::vector<double> quantiles(const std::vector<double>& quantiles, bool skip_nan)
    {
        std::vector<double> all;
        for (std::size_t result = 0; result < filled_.size(); ++result) {
            const auto elements = std::span(bytes_).subspan(result * bytes_of_result_, bytes_of_result_);
            const std::vector<double> of_result = quantiles_of(element_, elements, quantiles, skip_nan);
            all.insert(all.end(), of_result.begin(), of_result.end());
        }
        return all;
    }

private:
    Element element_;
    std::size_t bytes_of_result_;
    std::vector<std::byte> bytes_;
    std::vector<std::size_t> filled_; ///< bytes of each result
};

/// Those of what was counted that are not 0.
Scalar<BinCount> entries_of(const std::vector<Index>& counts)
{
    Scalar<BinCount> entries;
    for (std::size_t item = 0; item < counts.size(); ++item)
        if (counts[item] > 0) entries.entries.push_back({static_cast<Index>(item), {counts[item]}});
    return entries;
}

} // namespace

std::vector<double> ReduceOptions::all_quantiles() const
{
    std::vector<double> all = quantiles;
    if (median) all.push_back(0.5);
    return all;
}

std::string ReduceOptions::all_inputs() const
{
    const auto others = inputs.size() - 1;
    return fmt::format("'{}'{}", inputs.front(), others > 0 ? fmt::format(" and {} more", others) : "");
}

std::string ReduceOptions::input_of(Index result) const
{
    if (inputs.size() == 1 || axes.is_reduced.front() != 0) return all_inputs();
    const Index results_of_one = axes.results() / axes.axes.front().size;
    return fmt::format("'{}'", inputs.at(static_cast<std::size_t>(result / results_of_one)));
}

template <class Value>
ReduceFew<Value>::ReduceFew(ReduceOptions options)
    : options_(std::move(options))
    , selection_(selection_for(options_))
{
}

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
    ScalarOutput<BinCount> histogram{.group = "/reduce",
                                     .columns = {},
                                     .axes = options_.axes.result_axes(),
                                     .parts = options_.bins.size()};
    if (options_.bins.size() > 0) {
        histogram.columns.push_back(scalar_column<BinCount>(
            "histogram", of_histogram, [](const BinCount& count) { return count.elements; }));
        histogram.columns.back().inner = {{.name = "bin", .size = options_.bins.size()}};
    }
    return {std::move(output), std::move(histogram), quantile_output()};
}

/// Made of the counts of the last pass.
template <class Value>
ScalarOutput<BinCount> ReduceFew<Value>::quantile_output() const
{
    ScalarOutput<BinCount> output{.group = "/reduce",
                                  .columns = {},
                                  .axes = options_.axes.result_axes(),
                                  .parts = selection_.counts_of_result()};
    const auto values_of_some = [this](std::size_t first, std::size_t count) {
        return [options = options_, selection = selection_, first,
                count](std::span<const BinCount> all) -> Column::Values {
            if (all.empty()) return std::vector<double>();
            std::vector<Index> counts;
            counts.reserve(all.size());
            for (const BinCount& one : all) counts.push_back(one.elements);
            try {
                return some_quantiles(selection.quantiles(counts, options.skip_nan), options, first, count);
            } catch (Error& error) {
                throw error.within("{}", options.all_inputs());
            }
        };
    };
    const std::size_t quantiles = options_.quantiles.size();
    if (options_.median) output.columns.push_back({of_median, "median", values_of_some(quantiles, 1)});
    if (quantiles > 0)
        output.columns.push_back(
            {"quantiles", of_quantiles, values_of_some(0, quantiles), {quantile_axis(options_)}});
    return output;
}

template <class Value>
double ReduceFew<Value>::held_bytes() const
{
    // The counts, and the entries of twice as many bytes that results are made of, once more in the journal.
    constexpr double copies = 5;
    return copies * sizeof(Index) * static_cast<double>(selection_.most_counts());
}

template <class Value>
void ReduceFew<Value>::scout(ArrayView view, std::span<Index> counts) const
{
    const auto of_result = static_cast<std::size_t>(selection_.counts_of_result());
    TileParts parts(options_.axes, 0, size_of(options_.element));
    while (const std::optional<ArrayTile> tile = view.next_tile())
        parts(*tile, [&](Index result, std::span<const std::byte> part) {
            selection_.count(result, part,
                             counts.subspan(static_cast<std::size_t>(result) * of_result, of_result));
        });
}

template <class Value>
std::string ReduceFew<Value>::learn(std::span<const Index> counts)
{
    try {
        selection_.narrow(counts);
    } catch (Error& error) {
        throw error.within("{}", options_.all_inputs());
    }
    return selection_.what_is_known() + " of the elements at the quantiles are known";
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
    std::vector<Index> binned(static_cast<std::size_t>(options_.axes.results()) * bins);
    Tally selected(static_cast<std::size_t>(counts()));
    std::vector<std::uint32_t> found; // of a part
    const Wanted wanted = wanted_for(options_.statistics, options_.skip_nan);
    TileParts parts(options_.axes, 0, size_of(options_.element));
    std::optional<ArrayTile> tile = view.next_tile();
    while (tile) {
        std::map<Index, Reduction<Value>> known; // of the cell
        for (Index i = 0; i < options_.tiles_of_cell && tile; ++i, tile = view.next_tile())
            parts(*tile, [&](Index result, std::span<const std::byte> part) {
                if (!options_.statistics.empty())
                    known[result].merge(reduce_part<Value>(options_.element, wanted, parts, tile->box, part));
                if (bins > 0)
                    options_.bins.count(
                        options_.element, part,
                        std::span(binned).subspan(static_cast<std::size_t>(result) * bins, bins));
                found.clear();
                selection_.find(result, part, found);
                const Index first = result * selection_.counts_of_result();
                for (const std::uint32_t number : found)
                    selected.add(static_cast<std::size_t>(first) + number);
            });
        for (const auto& [result, of_cell] : known) results.entries.push_back({result, of_cell});
    }
    return {std::move(results), entries_of(binned), std::move(selected).entries()};
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
    if (options_.median)
        std::get<1>(outputs).push_back({.path = "/reduce/median", .long_name = of_median, .units = ""});
    if (!options_.quantiles.empty())
        std::get<1>(outputs).push_back({.path = "/reduce/quantiles",
                                        .long_name = of_quantiles,
                                        .units = "",
                                        .inner = {quantile_axis(options_)}});
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
    const std::vector<double> quantiles = options_.all_quantiles();
    Gathered gathered(quantiles.empty() ? 0 : known.size(), elements_of_result(options_), options_.element);
    const Wanted wanted = wanted_for(options_.statistics, options_.skip_nan);
    TileParts parts(options_.axes, first.begin, size_of(options_.element));
    while (const std::optional<ArrayTile> tile = view.next_tile())
        parts(*tile, [&](Index result, std::span<const std::byte> part) {
            const auto number = static_cast<std::size_t>(result);
            if (!options_.statistics.empty())
                known[number].merge(reduce_part<Value>(options_.element, wanted, parts, tile->box, part));
            if (bins > 0)
                options_.bins.count(options_.element, part, std::span(counts).subspan(number * bins, bins));
            if (!quantiles.empty()) gathered.append(number, part);
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
    const std::vector<double> all = gathered.quantiles(quantiles, options_.skip_nan);
    const std::size_t count = options_.quantiles.size();
    if (options_.median) std::get<1>(results).push_back({some_quantiles(all, options_, count, 1)});
    if (count > 0) std::get<1>(results).push_back({some_quantiles(all, options_, 0, count)});
    return results;
}

template <class Value>
double ReduceMany<Value>::working_bytes(Index results) const
{
    double bytes = sizeof(Reduction<Value>);
    if (!options_.all_quantiles().empty())
        bytes += static_cast<double>(elements_of_result(options_) * size_of(options_.element));
    return static_cast<double>(results) * bytes;
}

template class ReduceFew<std::int64_t>;
template class ReduceFew<double>;
template class ReduceMany<std::int64_t>;
template class ReduceMany<double>;

static_assert(ItemsKernel<ReduceFew<double>> && ScoutingKernel<ReduceFew<double>> &&
              Kernel<ReduceMany<std::int64_t>>);

} // namespace swather
