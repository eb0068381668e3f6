// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/bins.hpp"
#include "kernels/reduce_statistics.hpp"
#include "kernels/tile_parts.hpp"
#include "results/kernel.hpp"

namespace swather {

/// What is computed of an array.
struct ReduceOptions {
    std::string input; ///< its name, or of the first of several, for messages
    ReducedAxes axes;
    Element element = Element::float64;  ///< of the array
    std::vector<std::string> statistics; ///< names
    double ddof = 0;                     ///< as for statistics_of
    bool skip_nan = false;
    Bins bins = {};          ///< of a histogram of each result, where one is wanted
    Index tiles_of_cell = 1; ///< where results are few
};

/// Statistics of few results: a cell is some tiles, and what is known of its part of each result is merged in
/// the order of cells. Value: std::int64_t for integers, double for reals.
template <class Value>
class ReduceFew {
public:
    static constexpr std::string_view name = "reduce";
    static constexpr std::string_view title = "statistics of an array";
    using View = ArrayView;
    using Outputs = std::tuple<ScalarOutput<Reduction<Value>>, ScalarOutput<BinCount>>;

    explicit ReduceFew(ReduceOptions options)
        : options_(std::move(options))
    {
    }

    [[nodiscard]] static Index halo() { return 0; }
    [[nodiscard]] Outputs outputs() const;
    /// Local. The bins.
    [[nodiscard]] Supplement supplement(const std::string& group) const;
    /// Local. An entry for each result of each cell, and for each bin.
    ResultsOf<Outputs> operator()(ArrayView view) const;

private:
    ReduceOptions options_;
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
    /// Local. What is known of so many results.
    [[nodiscard]] static double working_bytes(Index results)
    {
        return static_cast<double>(results) * sizeof(Reduction<Value>);
    }
    ResultsOf<Outputs> operator()(ArrayView view) const;

private:
    ReduceOptions options_;
};

} // namespace swather
