// SPDX-License-Identifier: MIT
#pragma once

#include "results/column.hpp"
#include "results/reducer.hpp"
#include "results/shapes.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace swather {

/// Where a Dense result goes: one dataset over the cells of the domain.
template <class T>
struct DenseOutput {
    using Shape = Dense<T>;
    std::string path; ///< "/coverage/depth"
    std::string long_name;
    std::string units;
};

/// What the segments of a domain are, and so the items of a Scalar.
enum class Items { intervals, files };

/// Where a Scalar result goes: columns over the items, beside the columns that name the items.
template <class S>
struct ScalarOutput {
    using Shape = Scalar<S>;
    std::string group;                                      ///< "/summary"
    std::vector<Column> (*columns)(std::span<const S> all); ///< one value for each item
    /// What is known of all items together: names and numbers, attributes of the group. Null: nothing.
    std::vector<std::pair<std::string, Index>> (*totals)(std::span<const S> all) = nullptr;
    Items items = Items::intervals;
    /// Throws or warns where what is known of an item is an error or odd; `name` is the item's. Empty:
    /// nothing is.
    std::function<void(const S& of_item, const std::string& name)> check = {};
};

/// Where a Keyed result goes: one dataset for each column of the groups.
struct KeyedOutput {
    using Shape = Keyed;
    std::string group;     ///< "/counts"
    std::string dimension; ///< along which the groups lie
    std::string summary;   ///< the group whose attribute `groups` says how many there are
    std::shared_ptr<const Reducer> reducer;
};

namespace detail {
template <class Outputs>
struct Results;
template <class... Outputs>
struct Results<std::tuple<Outputs...>> {
    using type = std::tuple<typename Outputs::Shape...>;
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

/// An analysis of groups: its first output.
template <class K>
concept GroupingKernel = Kernel<K> && requires(const K& kernel) {
    { std::get<0>(kernel.outputs()) } -> std::convertible_to<KeyedOutput>;
};
// clang-format on

} // namespace swather
