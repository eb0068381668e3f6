// SPDX-License-Identifier: MIT
#pragma once

#include "grid/array_domain.hpp"
#include "results/cells.hpp"
#include "results/column.hpp"
#include "results/reducer.hpp"
#include "results/shapes.hpp"
#include "results/supplement.hpp"

#include <concepts>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace swather {

/// Where a Dense result goes: one dataset over the elements of the domain.
template <class T>
struct DenseOutput {
    using Shape = Dense<T>;
    std::string path; ///< "/coverage/depth"
    std::string long_name;
    std::string units;
    std::vector<Axis> inner = {}; ///< the axes of what each element has, where that is not one value

    /// Local. Values of each element.
    [[nodiscard]] Index depth() const
    {
        Index depth = 1;
        for (const Axis& axis : inner) depth *= axis.size;
        return depth;
    }
};

/// What the segments of a domain are, and so the items of a Scalar; an array is one item.
enum class Items { intervals, files };

/// A column of what is known of items. It is made of some at a time: there may be millions of them.
template <class S>
struct ScalarColumn {
    std::string name;
    std::string long_name;
    /// One for each item, or all that lie along `inner`.
    std::function<Column::Values(std::span<const S> some)> values;
    /// The axes of what each item has, where that is not one value; of items that have axes.
    std::vector<Axis> inner = {};
};

/// Local. The column of one value of each item: a number or a text.
template <class S, class Value>
ScalarColumn<S> scalar_column(std::string name, std::string long_name, Value value)
{
    return {std::move(name), std::move(long_name), [value](std::span<const S> some) -> Column::Values {
                std::vector<std::invoke_result_t<Value, const S&>> values;
                values.reserve(some.size());
                for (const S& one : some) values.push_back(value(one));
                return values;
            }};
}

/// Where a Scalar result goes: columns over the items, beside the columns that name the items.
template <class S>
struct ScalarOutput {
    using Shape = Scalar<S>;
    std::string group; ///< "/summary"
    std::vector<ScalarColumn<S>> columns;
    /// What is known of all items together, from the merge of all: names and numbers, attributes of the
    /// group. Null: nothing.
    std::vector<std::pair<std::string, Index>> (*totals)(const S& of_all) = nullptr;
    Items items = Items::intervals;
    /// Throws or warns where what is known of an item is an error or odd; `name` is the item's. Empty:
    /// nothing is.
    std::function<void(const S& of_item, const std::string& name)> check = {};
    /// Along which the items lie, in C order, where they are none of the domain: the columns are arrays then,
    /// and are made of all items at once.
    std::vector<Axis> axes = {};
    Index parts = 1; ///< of which an item is made, each an S of its own; of items that have axes
};

/// Where a Keyed result goes: one dataset for each column of the groups.
struct KeyedOutput {
    using Shape = Keyed;
    std::string group;     ///< "/counts"
    std::string dimension; ///< along which the groups lie
    std::string summary;   ///< the group whose attribute `groups` says how many there are; empty: none does
    std::shared_ptr<const Reducer> reducer;
    /// Of the groups that a rank merges at a time, at most: less than what is fastest, where other results
    /// are in memory.
    double range_bytes = std::numeric_limits<double>::infinity();
};

/// Where a Rows result goes: one dataset for each column of the rows.
struct RowsOutput {
    using Shape = Rows;
    std::string group;     ///< "/motif"
    std::string dimension; ///< along which the rows lie
    /// The columns, from the different traits of all blocks.
    std::function<std::vector<CellColumn>(const std::vector<Bytes>& traits)> columns;
    /// Appends the cells of the rows of a batch to those of each column, which are of its type.
    std::function<void(std::string_view packed, std::vector<Cells>& cells)> unpack;
    double bytes_per_element = 1; ///< of packed rows, for each element of the domain, about
};

/// What is put side by side of many samples, each of which has the outputs of the kernel.
struct CohortOutput {
    std::string histogram;         ///< the group of a sample that says how many positions have each depth
    std::vector<Index> thresholds; ///< depths from which on a position counts as callable
    std::string region_mean;       ///< the column of a sample with the means of its regions; empty: none
};

namespace detail {
template <class Output>
struct ShapeOf {
    using type = typename Output::Shape;
};
template <class Output> // as many outputs of one kind as the options of the kernel ask for
struct ShapeOf<std::vector<Output>> {
    using type = std::vector<typename Output::Shape>;
};
template <class Outputs>
struct Results;
template <class... Outputs>
struct Results<std::tuple<Outputs...>> {
    using type = std::tuple<typename ShapeOf<Outputs>::type...>;
};
} // namespace detail

/// The results of a block, as the outputs of a kernel want them: one shape for each output.
template <class Outputs>
using ResultsOf = typename detail::Results<Outputs>::type;

/// An analysis: a pure function from the view of one block to its results. It knows no MPI, no HDF5 and no
/// file format.
// clang-format off
template <class K>
concept Kernel = requires(const K& kernel, typename K::View view) {
    { K::name } -> std::convertible_to<std::string_view>;  // of the command, and of the group that readers open first
    { K::title } -> std::convertible_to<std::string_view>; // of the file
    { kernel.halo() } -> std::same_as<Index>;              // cells beyond its core that a block must see
    kernel.outputs();                                      // a tuple of DenseOutput, ScalarOutput …
    { kernel(std::move(view)) } -> std::same_as<ResultsOf<decltype(kernel.outputs())>>;
};

/// Local. What a kernel, or a source, says in the file beside the results, in `group` or below.
template <class Teller>
Supplement supplement_of(const Teller& teller, const std::string& group)
{
    if constexpr (requires { teller.supplement(group); }) return teller.supplement(group);
    return {};
}

/// An analysis of rows: its first output.
template <class K>
concept RowsKernel = Kernel<K> && requires(const K& kernel) {
    { std::get<0>(kernel.outputs()) } -> std::convertible_to<RowsOutput>;
};

/// An analysis that tells what is put side by side of many samples.
template <class K>
concept CohortKernel = Kernel<K> && requires(const K& kernel) {
    { kernel.cohort() } -> std::same_as<CohortOutput>;
};

/// An analysis of groups: its first output.
template <class K>
concept GroupingKernel = Kernel<K> && requires(const K& kernel) {
    { std::get<0>(kernel.outputs()) } -> std::convertible_to<KeyedOutput>;
};

/// An analysis of a few items, which have axes of their own: its first output.
template <class K>
concept ItemsKernel = Kernel<K> && requires(const K& kernel) {
    []<class S, class... Others>(const std::tuple<ScalarOutput<S>, Others...>&) {}(kernel.outputs());
};

/// An analysis that must know something of all blocks before it computes any: it scouts, in passes of which
/// nothing is kept but counts. What it learns depends on nothing but the input.
template <class K>
concept ScoutingKernel = Kernel<K> && requires(K& kernel, const K& scout, typename K::View view, std::span<Index> counts) {
    { scout.must_scout() } -> std::same_as<bool>;          // once more, over all blocks
    { scout.passes() } -> std::same_as<Index>;             // at most, with that which computes
    { scout.counts() } -> std::same_as<Index>;             // how many there are in this pass
    scout.scout(std::move(view), counts);                  // adds those of a block
    { kernel.learn(counts) } -> std::same_as<std::string>; // from those of all blocks; what is known now, in words
};

/// Local. How often all blocks are read, at most.
template <class K>
Index passes_of(const K& kernel)
{
    if constexpr (ScoutingKernel<K>) return kernel.passes();
    return 1;
}

/// An analysis of which the first output is a table, and so can be printed.
template <class K>
concept TableKernel = RowsKernel<K> || GroupingKernel<K> || ItemsKernel<K>;
// clang-format on

} // namespace swather
