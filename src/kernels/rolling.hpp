// SPDX-License-Identifier: MIT
#pragma once

#include "grid/element.hpp"
#include "results/kernel.hpp"
#include "sources/array_view.hpp"

#include <optional>
#include <vector>

namespace swather {

/// What there is of each window.
enum class RollingStatistic { mean, sum, min, max };

/// Local. "mean".
std::string_view name_of(RollingStatistic statistic);

/// Which windows there are along an axis: one that begins at each element, where all of it is on the axis;
/// or one for each element, cut off at the ends of the axis, as pandas has them.
struct Windows {
    Index length = 1;
    Index axis_size = 0;
    bool of_each = false; ///< one for each element
    Index lead = 0;       ///< elements that a window has before the one that it is of
    Index least = 0;      ///< finite values that a window must have to be a number, where it is of each

    /// Local. One for each element: the last in a window, or the one in the middle of it, of two the later.
    static Windows of_each_element(Index length, Index axis_size, bool centered, Index least);

    [[nodiscard]] Index count() const { return of_each ? axis_size : axis_size - length + 1; }
    /// Local. The elements that are in any of some windows.
    [[nodiscard]] Box elements(const Box& windows) const
    {
        return intersect({windows.begin - lead, windows.end - 1 - lead + length}, {0, axis_size});
    }
};

/// What is rolled over: an array that is cut along its first axis.
struct RollingOptions {
    std::vector<RollingStatistic> statistics; ///< each once
    Element element = Element::float64;
    std::vector<Index> sizes; ///< of the array
    std::vector<Axis> axes;   ///< of the results
    std::size_t axis = 0;     ///< along which windows lie
    Windows windows;
};

/// Statistics over a window that moves along an axis of an array. `Result`: int64 of integers, where the mean
/// is rounded down, as Python's `//` does; float64 of other numbers, and where windows are of each element.
/// No statistic depends on how the array is cut.
template <class Result>
class Rolling {
public:
    static constexpr std::string_view name = "rolling";
    static constexpr std::string_view title = "statistics over a moving window";
    using View = ArrayView;
    using Outputs = std::tuple<std::vector<DenseOutput<Result>>>;
    using Results = ResultsOf<Outputs>;

    explicit Rolling(RollingOptions options)
        : options_(std::move(options))
    {
    }

    /// A view has the elements of all windows of its block: no further cells are needed.
    [[nodiscard]] Index halo() const { return 0; }
    /// Local. Bytes of the elements of a block with so many results.
    [[nodiscard]] double working_bytes(Index results) const;
    [[nodiscard]] Outputs outputs() const;
    /// Local. `Exit::bad_data`: a sum of integers does not fit into 64 bits.
    Results operator()(ArrayView view) const;

private:
    RollingOptions options_;
};

} // namespace swather
