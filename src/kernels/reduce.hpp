// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/bins.hpp"
#include "kernels/radix_selection.hpp"
#include "kernels/reduce_statistics.hpp"
#include "kernels/tile_parts.hpp"
#include "results/kernel.hpp"

namespace swather {

/// What is computed of an array.
struct ReduceOptions {
    std::vector<std::string> inputs;     ///< their names, for messages
    ReducedAxes axes;                    ///< the first is that of the inputs, where there are several
    Element element = Element::float64;  ///< of the array
    std::vector<std::string> statistics; ///< names
    double ddof = 0;                     ///< as for statistics_of
    std::vector<double> quantiles = {};  ///< from 0 to 1, all different
    bool median = false;                 ///< the quantile 0.5 by itself, too
    bool approximate_quantiles = false;  ///< as for RadixSelection, where results are few
    bool skip_nan = false;
    Bins bins = {};          ///< of a histogram of each result, where one is wanted
    Index tiles_of_cell = 1; ///< where results are few

    /// Local. All quantiles that are wanted, that of the median behind the others.
    [[nodiscard]] std::vector<double> all_quantiles() const;
    /// Local. The inputs in words; and that of a result, where each has its own.
    [[nodiscard]] std::string all_inputs() const;
    [[nodiscard]] std::string input_of(Index result) const;
};

/// Statistics of few results: a cell is some tiles, and what is known of its part of each result is merged in
/// the order of cells. For quantiles it scouts, but of small elements. Value: std::int64_t for integers,
/// double for reals.
template <class Value>
class ReduceFew {
public:
    static constexpr std::string_view name = "reduce";
    static constexpr std::string_view title = "statistics of an array";
    using View = ArrayView;
    using Outputs =
        std::tuple<ScalarOutput<Reduction<Value>>, ScalarOutput<BinCount>, ScalarOutput<BinCount>>;

    explicit ReduceFew(ReduceOptions options);

    [[nodiscard]] static Index halo() { return 0; }
    /// Local. The statistics, the histogram, the quantiles.
    [[nodiscard]] Outputs outputs() const;
    /// Local. The bins.
    [[nodiscard]] Supplement supplement(const std::string& group) const;
    /// Local. The counts for quantiles, of a pass and of a block, with what is made of them.
    [[nodiscard]] double held_bytes() const;
    /// Local. An entry for each result of each cell, and for each bin or digit that occurs.
    ResultsOf<Outputs> operator()(ArrayView view) const;

    /// Local. As for ScoutingKernel.
    [[nodiscard]] bool must_scout() const { return !selection_.is_last_pass(); }
    [[nodiscard]] Index passes() const { return selection_.passes(); }
    [[nodiscard]] Index counts() const { return options_.axes.results() * selection_.counts_of_result(); }
    void scout(ArrayView view, std::span<Index> counts) const;
    std::string learn(std::span<const Index> counts);

private:
    [[nodiscard]] ScalarOutput<BinCount> quantile_output() const;

    ReduceOptions options_;
    RadixSelection selection_; ///< of the quantiles
};

/// The same of many results: a block has all elements of some, along the first axis that is kept.
template <class Value>
class ReduceMany {
public:
    static constexpr std::string_view name = "reduce";
    static constexpr std::string_view title = "statistics of an array";
    using View = ArrayView;
    using Outputs = std::tuple<std::vector<DenseOutput<Index>>, std::vector<DenseOutput<double>>>;

    explicit ReduceMany(ReduceOptions options)
        : options_(std::move(options))
    {
    }

    [[nodiscard]] static Index halo() { return 0; }
    [[nodiscard]] Outputs outputs() const;
    /// Local. The bins.
    [[nodiscard]] Supplement supplement(const std::string& group) const;
    /// Local. What is known of so many results; for quantiles, all of their elements.
    [[nodiscard]] double working_bytes(Index results) const;
    ResultsOf<Outputs> operator()(ArrayView view) const;

private:
    ReduceOptions options_;
};

} // namespace swather
