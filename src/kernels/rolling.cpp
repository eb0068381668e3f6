// SPDX-License-Identifier: MIT
#include "kernels/rolling.hpp"

#include "base/error.hpp"
#include "base/int128.hpp"
#include "base/stop.hpp"
#include "kernels/floor_quotients.hpp"
#include "kernels/windows.hpp"

#include <bit>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>

namespace swather {

namespace {

/// Lines that are rolled over side by side: a cache line of values or some.
constexpr Index lines_at_once = 8;

Int128 floor_of(Int128 sum, Index by) { return sum / by - (sum % by < 0 ? 1 : 0); }

/// A block of an array: some coordinates of its first axis, and all of the others.
template <class T>
struct ArrayBlock {
    Box rows;                    ///< coordinates of the first axis
    std::unique_ptr<T[]> values; ///< all are read: none is set before
    Index size = 0;              ///< how many
    int bits = 0;                ///< of integers: no magnitude is above two to this power
};

template <class T>
int bits_of(std::span<const T> values)
{
    if constexpr (std::integral<T>) {
        using Unsigned = std::make_unsigned_t<T>;
        Unsigned all = 0;
        for (const T value : values) all |= static_cast<Unsigned>(value < 0 ? ~value : value);
        return static_cast<int>(std::bit_width(all));
    }
    return 0;
}

template <class T>
ArrayBlock<T> gather_block(ArrayView& view, std::vector<Index> sizes, const Box& rows)
{
    sizes[0] = rows.size();
    ArrayBlock<T> block{.rows = rows, .values = {}, .size = elements_of(sizes)};
    block.values = std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(block.size));
    while (auto tile = view.next_tile()) {
        throw_if_stopped();
        const std::span<const T> values = tile->template values<T>();
        block.bits = std::max(block.bits, bits_of(values));
        tile->box[0] = {tile->box[0].begin - rows.begin, tile->box[0].end - rows.begin};
        for_each_run(sizes, tile->box, [&](Index first, Index length, Index done) {
            std::memcpy(block.values.get() + first, values.data() + done,
                        static_cast<std::size_t>(length) * sizeof(T));
        });
    }
    return block;
}

/// Rolls over one block.
template <class T, class Result>
class BlockRoller {
public:
    /// `results`: those of the block, along the first axis.
    BlockRoller(const RollingOptions& options, const Box& results, const ArrayBlock<T>& block)
        : options_(options)
        , windows_(options.windows)
        , block_(block)
        , first_result_(results.begin * (size_along(options.axes) / options.axes[0].size))
        , rows_(options.axis == 0 ? block.rows : Box{0, windows_.axis_size})
        , of_(options.axis == 0 ? results : Box{0, windows_.count()})
    {
        const auto inner = options.sizes.begin() + static_cast<std::ptrdiff_t>(options.axis) + 1;
        width_ = std::accumulate(inner, options.sizes.end(), Index{1}, std::multiplies<>());
        sets_ = block.size / (rows_.size() * width_);
    }

    std::vector<Result> operator()(RollingStatistic statistic)
    {
        statistic_ = statistic;
        results_.resize(static_cast<std::size_t>(sets_ * of_.size() * width_));
        for (Index set = 0; set < sets_; ++set) {
            const T* const from = block_.values.get() + set * rows_.size() * width_;
            Result* const to = results_.data() + set * of_.size() * width_;
            Index line = 0;
            for (; line + lines_at_once <= width_; line += lines_at_once)
                roll<lines_at_once>(from + line, to + line);
            for (; line < width_; ++line) roll<1>(from + line, to + line);
        }
        if constexpr (std::integral<Result>)
            if (is_mean() && sums_are_short()) floor_quotients(results_, windows_.length, bits_of_sums());
        return std::exchange(results_, {});
    }

private:
    /// Integers are compared as they are, so that none is rounded.
    using Value = std::conditional_t<std::integral<Result>, T, double>;

    template <std::size_t lanes>
    void roll(const T* from, Result* to) const
    {
        throw_if_stopped();
        switch (statistic_) {
        case RollingStatistic::min:
            return roll_merged<Extremes<Value, lanes, false>, lanes>(from, to);
        case RollingStatistic::max:
            return roll_merged<Extremes<Value, lanes, true>, lanes>(from, to);
        case RollingStatistic::mean:
        case RollingStatistic::sum:
            break;
        }
        if constexpr (std::floating_point<Result>)
            return roll_merged<CompensatedSums<lanes>, lanes>(from, to);
        else
            return sums_are_short() ? roll_short_sums<lanes>(from, to) : roll_long_sums<lanes>(from, to);
    }

    [[nodiscard]] bool is_mean() const { return statistic_ == RollingStatistic::mean; }
    /// No magnitude of a sum of integers is above two to this power.
    [[nodiscard]] int bits_of_sums() const
    {
        return block_.bits + static_cast<int>(std::bit_width(static_cast<std::uint64_t>(windows_.length)));
    }
    [[nodiscard]] bool sums_are_short() const { return bits_of_sums() < std::numeric_limits<Index>::digits; }
    Lines<T> lines(const T* from) const { return {from, width_, rows_}; }
    /// Where the windows begin, and where the results of the one that begins there stand.
    [[nodiscard]] Box begins() const { return {of_.begin - windows_.lead, of_.end - windows_.lead}; }
    Result* place(Result* to, Index begin) const { return to + (begin + windows_.lead - of_.begin) * width_; }

    /// Sums that 64 bits hold. Of a mean they are divided later, all at once.
    template <std::size_t lanes>
    void roll_short_sums(const T* from, Result* to) const
    {
        for_each_sum<Index, lanes>(
            lines(from), begins(), windows_.length,
            [&, results = place(to, begins().begin)](Index, const std::array<Index, lanes>& sums) mutable {
                for (std::size_t l = 0; l < lanes; ++l) results[l] = sums[l];
                results += width_;
            });
    }

    template <std::size_t lanes>
    void roll_long_sums(const T* from, Result* to) const
    {
        for_each_sum<Int128, lanes>(
            lines(from), begins(), windows_.length, [&](Index begin, const std::array<Int128, lanes>& sums) {
                Result* const results = place(to, begin);
                for (std::size_t l = 0; l < lanes; ++l)
                    set_integer(results + l, is_mean() ? floor_of(sums[l], windows_.length) : sums[l]);
            });
    }

    template <class Merged, std::size_t lanes>
    void roll_merged(const T* from, Result* to) const
    {
        const auto roll_as = [&]<class M>(const auto& set) {
            for_each_window<M>(lines(from), begins(), windows_.length, [&](Index begin, const M& merged) {
                Result* const results = place(to, begin);
                for (std::size_t l = 0; l < lanes; ++l) set(results + l, merged, l);
            });
        };
        if constexpr (std::integral<Result>)
            roll_as.template operator()<Merged>([&](Result* result, const Merged& merged, std::size_t l) {
                set_integer(result, merged.value(l));
            });
        else if (windows_.of_each)
            roll_as.template operator()<OfFinite<Merged, lanes>>(
                [&](Result* result, const OfFinite<Merged, lanes>& merged, std::size_t l) {
                    *result = of_finite(merged, l);
                });
        else
            roll_as.template operator()<Merged>([&](Result* result, const Merged& merged, std::size_t l) {
                *result =
                    is_mean() ? merged.value(l) / static_cast<double>(windows_.length) : merged.value(l);
            });
    }

    template <class Merged, std::size_t lanes>
    double of_finite(const OfFinite<Merged, lanes>& window, std::size_t l) const
    {
        constexpr bool has_value_of_none = std::is_same_v<Merged, CompensatedSums<lanes>>;
        const Index count = window.count[l];
        if (count < windows_.least || (count == 0 && !has_value_of_none))
            return std::numeric_limits<double>::quiet_NaN();
        const double value = window.merged.value(l);
        return is_mean() ? value / static_cast<double>(count) : value;
    }

    void set_integer(Result* result, Int128 value) const
    {
        if (!fits_int64(value)) throw too_large(result);
        *result = static_cast<Result>(value);
    }

    /// The error of a result that int64 does not hold.
    [[nodiscard]] Error too_large(const Result* result) const
    {
        const Index number = first_result_ + (result - results_.data());
        return Error(Exit::bad_data, "the {} of the window of {} at {} does not fit into int64",
                     name_of(statistic_), windows_.length, place_along(options_.axes, number))
            .remedy("make the array float64{}",
                    statistic_ == RollingStatistic::sum ? ", or take the mean" : "");
    }

    const RollingOptions& options_;
    const Windows& windows_;
    const ArrayBlock<T>& block_;
    Index first_result_; ///< the number of the block's first one
    Box rows_;           ///< at hand, along the axis of the windows
    Box of_;             ///< the results, along the same
    Index width_ = 1;    ///< lines side by side, along all later axes
    Index sets_ = 1;     ///< of lines, along all axes before
    RollingStatistic statistic_ = RollingStatistic::mean;
    std::vector<Result> results_;
};

} // namespace

std::string_view name_of(RollingStatistic statistic)
{
    constexpr std::array<std::string_view, 4> names{"mean", "sum", "min", "max"};
    return names[static_cast<std::size_t>(statistic)];
}

Windows Windows::of_each_element(Index length, Index axis_size, bool centered, Index least)
{
    return {.length = length,
            .axis_size = axis_size,
            .of_each = true,
            .lead = centered ? length / 2 : length - 1,
            .least = least};
}

template <class Result>
double Rolling<Result>::working_bytes(Index results) const
{
    const Windows& windows = options_.windows;
    Index results_of_row = 1;
    Index elements_of_row = 1;
    for (std::size_t axis = 1; axis < options_.sizes.size(); ++axis) {
        results_of_row *= options_.axes[axis].size;
        elements_of_row *= options_.sizes[axis];
    }
    const Index rows = results / results_of_row;
    const Index rows_seen = options_.axis == 0 ? rows + windows.length - 1 : rows;
    const auto inner = options_.sizes.begin() + static_cast<std::ptrdiff_t>(options_.axis) + 1;
    const Index width = std::accumulate(inner, options_.sizes.end(), Index{1}, std::multiplies<>());
    // Beside the elements what is merged of the ends of windows: two numbers of each line that is rolled over
    // at a time, or three. Sums of integers need none.
    const Index ends = std::min(windows.length, options_.axis == 0 ? rows : windows.count());
    const double bytes_of_end =
        windows.of_each ? sizeof(OfFinite<CompensatedSums<1>, 1>) : sizeof(CompensatedSums<1>);
    const Index lines = width < lines_at_once ? 1 : lines_at_once;
    return static_cast<double>(rows_seen * elements_of_row * size_of(options_.element)) +
           static_cast<double>(ends * lines) * bytes_of_end;
}

template <class Result>
typename Rolling<Result>::Outputs Rolling<Result>::outputs() const
{
    std::vector<DenseOutput<Result>> outputs;
    const Windows& windows = options_.windows;
    for (const RollingStatistic statistic : options_.statistics)
        outputs.push_back(
            {.path = fmt::format("/rolling/{}", name_of(statistic)),
             .long_name = fmt::format("{} of windows of {} along {}, {}", name_of(statistic), windows.length,
                                      options_.axes[options_.axis].name,
                                      !windows.of_each                     ? "each at its first element"
                                      : windows.lead + 1 == windows.length ? "each at its last element"
                                                                           : "each at its middle"),
             .units = ""});
    return {std::move(outputs)};
}

template <class Result>
typename Rolling<Result>::Results Rolling<Result>::operator()(ArrayView view) const
{
    return visit_element(options_.element, [&]<class T>(T) -> Results {
        const Box cells = view.cells();
        if constexpr (std::integral<Result> && std::floating_point<T>) {
            throw std::logic_error("integers of an array of reals");
        } else {
            const Box rows = options_.axis == 0 ? options_.windows.elements(cells) : cells;
            const ArrayBlock<T> block = gather_block<T>(view, options_.sizes, rows);
            BlockRoller<T, Result> roll(options_, cells, block);
            Results results;
            for (const RollingStatistic statistic : options_.statistics)
                std::get<0>(results).push_back({roll(statistic)});
            return results;
        }
    });
}

template class Rolling<Index>;
template class Rolling<double>;

} // namespace swather
