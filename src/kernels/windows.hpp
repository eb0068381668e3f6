// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "kernels/two_sum.hpp"

#include <array>
#include <cmath>
#include <concepts>
#include <limits>
#include <vector>

namespace swather {

/// Some lines of values that lie side by side: of each row one value of each line.
template <class T>
struct Lines {
    const T* values; ///< of the first row
    Index stride;    ///< from a row to the next
    Box rows;        ///< the rows at hand, by their number on the whole axis

    [[nodiscard]] const T* row(Index number) const { return values + (number - rows.begin) * stride; }
};

/// Sums of each of some lines, as float64 with what rounding took from it in all additions.
template <std::size_t lanes>
struct CompensatedSums {
    std::array<double, lanes> sum{};
    std::array<double, lanes> errors{};

    template <class T>
    void add(const T* row)
    {
        for (std::size_t l = 0; l < lanes; ++l) add(l, static_cast<double>(row[l]));
    }
    void merge(const CompensatedSums& other)
    {
        for (std::size_t l = 0; l < lanes; ++l) {
            add(l, other.sum[l]);
            errors[l] += other.errors[l];
        }
    }
    void add(std::size_t l, double x)
    {
        const TwoSum next = two_sum(sum[l], x);
        sum[l] = next.sum;
        errors[l] += next.lost;
    }
    [[nodiscard]] double value(std::size_t l) const
    {
        return std::isfinite(sum[l]) ? sum[l] + errors[l] : sum[l]; // the errors of an infinite sum are none
    }
};

/// The smallest values of each of some lines, or the largest; one that is no number is kept.
template <class V, std::size_t lanes, bool largest>
struct Extremes {
    static constexpr V none()
    {
        using Limits = std::numeric_limits<V>;
        if constexpr (std::floating_point<V>) return largest ? -Limits::infinity() : Limits::infinity();
        return largest ? Limits::lowest() : Limits::max();
    }
    std::array<V, lanes> extremes = filled(none());

    template <class T>
    void add(const T* row)
    {
        for (std::size_t l = 0; l < lanes; ++l) add(l, static_cast<V>(row[l]));
    }
    void merge(const Extremes& other)
    {
        for (std::size_t l = 0; l < lanes; ++l) add(l, other.extremes[l]);
    }
    void add(std::size_t l, V x)
    {
        // Whatever is compared with a NaN is false: that of the line stays, and that of the row is taken.
        const bool stays = largest ? extremes[l] >= x || extremes[l] != extremes[l]
                                   : extremes[l] <= x || extremes[l] != extremes[l];
        extremes[l] = stays ? extremes[l] : x;
    }
    [[nodiscard]] V value(std::size_t l) const { return extremes[l]; }

private:
    static constexpr std::array<V, lanes> filled(V value)
    {
        std::array<V, lanes> all{};
        all.fill(value);
        return all;
    }
};

/// What `Merged` is of the finite values alone, and how many they are.
template <class Merged, std::size_t lanes>
struct OfFinite {
    Merged merged;
    std::array<Index, lanes> count{};

    template <class T>
    void add(const T* row)
    {
        for (std::size_t l = 0; l < lanes; ++l) {
            const auto x = static_cast<double>(row[l]);
            if (!std::isfinite(x)) continue;
            merged.add(l, x);
            ++count[l];
        }
    }
    void merge(const OfFinite& other)
    {
        merged.merge(other.merged);
        for (std::size_t l = 0; l < lanes; ++l) count[l] += other.count[l];
    }
};

/// Local. Calls `out(begin, merged)` for each window, in order: of `length` rows, beginning at `begins`; rows
/// that are not at hand have no values. A window is merged of two parts, one on each side of a multiple of
/// the length: what it is depends on neither the block nor the rows before it. Three additions and merges a
/// row, however long the windows are (van Herk 1992; Gil and Werman 1993).
template <class Merged, class T, class Out>
void for_each_window(const Lines<T>& lines, const Box& begins, Index length, Out&& out)
{
    const auto add_rows = [&](Merged& merged, const Box& rows) {
        const Box at_hand = intersect(rows, lines.rows);
        for (Index row = at_hand.begin; row < at_hand.end; ++row) merged.add(lines.row(row));
    };
    std::vector<Merged> ends; // of the rows from one on, to the next multiple
    for (Index begin = begins.begin; begin < begins.end;) {
        const Index multiple = begin - ((begin % length) + length) % length + length;
        const Index stop = std::min(multiple, begins.end);
        ends.resize(static_cast<std::size_t>(stop - begin));
        const auto end_from = [&](Index row) -> Merged& {
            return ends[static_cast<std::size_t>(row - begin)];
        };
        const Box at_hand = intersect({begin, multiple}, lines.rows);
        Merged end;
        for (Index row = std::max(begin, at_hand.end); row < stop; ++row) end_from(row) = end;
        for (Index row = at_hand.end; row-- > at_hand.begin;) {
            end.add(lines.row(row));
            if (row < stop) end_from(row) = end;
        }
        for (Index row = begin; row < std::min(at_hand.begin, stop); ++row) end_from(row) = end;

        Merged front;
        add_rows(front, {multiple, begin + length});
        for (Index window = begin; window < stop; ++window) {
            Merged merged = end_from(window);
            merged.merge(front);
            out(window, merged);
            add_rows(front, {window + length, window + length + 1});
        }
        begin = stop;
    }
}

/// Local. Calls `out(begin, sums)` for each window, in order, with its exact sums, one of each line; all of
/// its rows must be at hand. `Sum`: an integer that holds the sum of any window.
template <class Sum, std::size_t lanes, class T, class Out>
void for_each_sum(const Lines<T>& lines, const Box& begins, Index length, Out&& out)
{
    std::array<Sum, lanes> sums{};
    const auto add = [&](const T* row) {
        for (std::size_t l = 0; l < lanes; ++l) sums[l] += static_cast<Sum>(row[l]);
    };
    for (Index row = begins.begin; row + 1 < begins.begin + length; ++row) add(lines.row(row));
    for (Index begin = begins.begin; begin < begins.end; ++begin) {
        add(lines.row(begin + length - 1));
        out(begin, sums);
        const T* const leaves = lines.row(begin);
        for (std::size_t l = 0; l < lanes; ++l) sums[l] -= static_cast<Sum>(leaves[l]);
    }
}

} // namespace swather
