// SPDX-License-Identifier: MIT
#include "kernels/radix_selection.hpp"

#include "base/error.hpp"
#include "kernels/order_key.hpp"
#include "kernels/quantile.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace swather {

namespace {

/// Calls `add` with the key of each element that is not NaN.
template <class T, class Add>
void for_each_key(std::span<const T> elements, bool is_rounded, Add&& add)
{
    const auto visit = [&](auto key_of) {
        for (const T element : elements) {
            if constexpr (std::is_floating_point_v<T>)
                if (element != element) continue;
            add(key_of(element));
        }
    };
    if (is_rounded)
        visit([](T element) { return rounded::key_of(static_cast<double>(element)); });
    else
        visit([](T element) { return std::uint64_t{order_key(element)}; });
}

Error other_elements()
{
    return Error(Exit::bad_data, "the elements are not those that were counted before")
        .remedy("the input was changed meanwhile: run again");
}

} // namespace

RadixSelection::RadixSelection(Element element, Index results, Index elements, std::vector<double> quantiles,
                               bool is_approximate)
    : element_(element)
    , elements_(elements)
    , quantiles_(std::move(quantiles))
    , is_approximate_(is_approximate)
    , key_bits_(is_rounded() ? rounded::key_bits : static_cast<unsigned>(8 * size_of(element)))
    , tables_(1)
    , results_(static_cast<std::size_t>(results), OfResult{.elements = 0, .wanted = {}, .heads = {0}})
{
    choose_digit();
}

bool RadixSelection::is_rounded() const { return is_approximate_ && size_of(element_) > 2; }

/// The bits that there is room to count in so many tables.
unsigned RadixSelection::bits_for(Index tables)
{
    const auto counts = static_cast<std::uint64_t>(room / std::max<Index>(tables, 1));
    return static_cast<unsigned>(std::bit_width(counts)) - 1;
}

/// As few passes as there is room for, all of about as many bits.
void RadixSelection::choose_digit()
{
    const unsigned most_bits = bits_for(std::ssize(results_) * tables_);
    const unsigned rest = key_bits_ - known_bits_;
    const unsigned passes = (rest + most_bits - 1) / most_bits;
    digit_bits_ = passes > 0 ? (rest + passes - 1) / passes : 0;
}

Index RadixSelection::passes() const
{
    const unsigned rest = key_bits_ - known_bits_ - digit_bits_;
    const unsigned least_bits = bits_for(2 * std::ssize(results_) * std::ssize(quantiles_));
    return 1 + (rest + least_bits - 1) / least_bits;
}

Index RadixSelection::most_counts() const
{
    const Index most_tables = 2 * std::ssize(results_) * std::ssize(quantiles_);
    const unsigned rest = key_bits_ - known_bits_ - digit_bits_;
    const Index later = rest < bits_for(1) ? std::min(most_tables << rest, room) : room;
    return std::max(std::ssize(results_) * counts_of_result(), later);
}

/// Calls `add` with the number of the count of each element that is counted.
template <class Add>
void RadixSelection::for_each(Index result, std::span<const std::byte> part, Add&& add) const
{
    if (results_.empty()) return;
    const std::vector<std::uint64_t>& heads = results_[static_cast<std::size_t>(result)].heads;
    if (heads.empty()) return;
    const unsigned behind = key_bits_ - known_bits_ - digit_bits_;
    const std::uint64_t mask = (std::uint64_t{1} << digit_bits_) - 1;
    const auto add_first = [&](std::uint64_t key) { add(key >> behind); };
    const auto add_known = [&](std::uint64_t key) {
        const std::uint64_t head = key >> behind >> digit_bits_;
        if (head < heads.front() || head > heads.back()) return;
        const auto found = std::lower_bound(heads.begin(), heads.end(), head);
        if (*found != head) return;
        const auto table = static_cast<std::size_t>(found - heads.begin());
        add((table << digit_bits_) + (key >> behind & mask));
    };
    visit_element(element_, [&]<class T>(T) {
        const std::span elements(reinterpret_cast<const T*>(part.data()), part.size() / sizeof(T));
        if (known_bits_ == 0)
            for_each_key(elements, is_rounded(), add_first);
        else
            for_each_key(elements, is_rounded(), add_known);
    });
}

void RadixSelection::count(Index result, std::span<const std::byte> part,
                           std::span<Index> counts_of_result) const
{
    for_each(result, part, [&](std::size_t number) { ++counts_of_result[number]; });
}

void RadixSelection::find(Index result, std::span<const std::byte> part,
                          std::vector<std::uint32_t>& counts) const
{
    for_each(result, part, [&](std::size_t number) { counts.push_back(static_cast<std::uint32_t>(number)); });
}

void RadixSelection::narrow(std::span<const Index> counts)
{
    const auto of_one = static_cast<std::size_t>(counts_of_result());
    tables_ = 1; // though all of all results be NaN
    for (std::size_t i = 0; i < results_.size(); ++i) {
        OfResult& result = results_[i];
        const auto of_result = counts.subspan(i * of_one, of_one);
        if (known_bits_ == 0) {
            result.elements = std::accumulate(of_result.begin(), of_result.end(), Index{0});
            want(result);
        }
        narrow(result, of_result);
        tables_ = std::max(tables_, std::ssize(result.heads));
    }
    known_bits_ += digit_bits_;
    choose_digit();
}

/// The neighbours of all quantiles.
void RadixSelection::want(OfResult& result) const
{
    if (result.elements == 0) return;
    std::vector<Index> numbers;
    for (const double quantile : quantiles_) {
        const QuantilePlace place = place_of_quantile(quantile, result.elements);
        numbers.insert(numbers.end(), {place.lower, place.upper});
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    for (const Index number : numbers) result.wanted.push_back({.number = number});
}

void RadixSelection::narrow(OfResult& result, std::span<const Index> counts) const
{
    const std::size_t digits = std::size_t{1} << digit_bits_;
    std::vector<std::uint64_t> heads;
    std::span<const Index> table;
    std::size_t digit = 0;
    Index before = 0;
    for (Wanted& wanted : result.wanted) {
        const auto head = std::lower_bound(result.heads.begin(), result.heads.end(), wanted.head);
        const auto first = static_cast<std::size_t>(head - result.heads.begin()) * digits;
        if (table.empty() || table.data() != &counts[first]) { // those of one table follow each other
            table = counts.subspan(first, digits);
            digit = 0;
            before = wanted.before;
        }
        for (; digit < digits && before + table[digit] <= wanted.number; ++digit) before += table[digit];
        if (digit == digits) throw other_elements();
        wanted.before = before;
        wanted.head = wanted.head << digit_bits_ | digit;
        if (heads.empty() || heads.back() != wanted.head) heads.push_back(wanted.head);
    }
    result.heads = std::move(heads);
}

std::string RadixSelection::what_is_known() const
{
    return fmt::format("{} of {} bits", known_bits_, key_bits_);
}

std::vector<double> RadixSelection::quantiles(std::span<const Index> counts, bool skip_nan) const
{
    RadixSelection known = *this;
    known.narrow(counts);
    std::vector<double> values;
    for (const OfResult& result : known.results_) {
        const bool is_nan = result.elements == 0 || (!skip_nan && result.elements < elements_);
        for (const double quantile : quantiles_)
            values.push_back(is_nan ? std::numeric_limits<double>::quiet_NaN() : value(result, quantile));
    }
    return values;
}

/// When all bits are known.
double RadixSelection::value(const OfResult& result, double quantile) const
{
    const QuantilePlace place = place_of_quantile(quantile, result.elements);
    const auto key_of = [&](Index number) {
        return std::lower_bound(result.wanted.begin(), result.wanted.end(), number,
                                [](const Wanted& wanted, Index sought) { return wanted.number < sought; })
            ->head;
    };
    const std::uint64_t lower = key_of(place.lower);
    const std::uint64_t upper = key_of(place.upper);
    if (is_rounded()) return interpolate(rounded::number_of(lower), rounded::number_of(upper), place.weight);
    return visit_element(element_, [&]<class T>(T) {
        return interpolate(number_of<T>(static_cast<OrderKey<T>>(lower)),
                           number_of<T>(static_cast<OrderKey<T>>(upper)), place.weight);
    });
}

} // namespace swather
