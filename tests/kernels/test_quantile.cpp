// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/order_key.hpp"
#include "kernels/quantile.hpp"
#include "kernels/radix_selection.hpp"
#include "kernels/tally.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

namespace swather {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T>
void expect_in_order(const std::vector<T>& ascending)
{
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        EXPECT_EQ(number_of<T>(order_key(ascending[i])), ascending[i]);
        if (i > 0) {
            EXPECT_LT(order_key(ascending[i - 1]), order_key(ascending[i]));
        }
    }
}

TEST(OrderKey, IsInTheOrderOfNumbers)
{
    using Int64 = std::numeric_limits<std::int64_t>;
    expect_in_order<std::int8_t>({-128, -1, 0, 1, 127});
    expect_in_order<std::uint16_t>({0, 1, 65'535});
    expect_in_order<std::int64_t>({Int64::min(), -1, 0, Int64::max()});
    expect_in_order<float>({-HUGE_VALF, -1.5F, -1e-45F, 0, 1e-45F, 1.5F, HUGE_VALF});
    expect_in_order<double>({-infinity, -1e300, -5e-324, 0, 5e-324, 1e300, infinity});
    expect_in_order<double>({-5e-324, -0.0, 5e-324});
    EXPECT_LT(order_key(-0.0), order_key(0.0));
    EXPECT_TRUE(std::signbit(number_of<double>(order_key(-0.0))));
    EXPECT_TRUE(std::signbit(rounded::number_of(rounded::key_of(-0.0))));
}

TEST(RoundedKey, RoundsToNineBinaryDigits)
{
    const auto rounded_of = [](double number) { return rounded::number_of(rounded::key_of(number)); };
    for (const double number : {0.0, 1.0, -1.0, 511.0, 512.0, -512.0, 0.75, infinity, -infinity})
        EXPECT_EQ(rounded_of(number), number);
    // From 512 on there are steps of 2: the half goes away from zero.
    EXPECT_EQ(rounded_of(513), 514);
    EXPECT_EQ(rounded_of(-513), -514);
    EXPECT_EQ(rounded_of(514.9), 514);
    EXPECT_EQ(rounded_of(std::nextafter(1024.0, 0)), 1024);
    const double most = std::numeric_limits<double>::max();
    EXPECT_LT(rounded_of(most), infinity);
    EXPECT_NEAR(rounded_of(most) / most, 1, 1.0 / 512);
    EXPECT_GT(rounded::key_of(-1), rounded::key_of(-2));
}

TEST(Quantile, LiesBetweenItsNeighbours)
{
    const QuantilePlace place = place_of_quantile(0.3, 4); // 3 · 0.3
    EXPECT_EQ(place.lower, 0);
    EXPECT_EQ(place.upper, 1);
    EXPECT_DOUBLE_EQ(place.weight, 0.9);
    EXPECT_EQ(place_of_quantile(1, 4).lower, 3);
    EXPECT_EQ(place_of_quantile(0, 1).upper, 0);
}

TEST(Quantile, TheDifferenceOfIntegersDoesNotWrapAround)
{
    using Int64 = std::numeric_limits<std::int64_t>;
    EXPECT_EQ(interpolate<std::int8_t>(-128, 127, 0.25), -64.25);
    EXPECT_EQ(interpolate(Int64::min(), Int64::max(), 0.25), -0x1p62); // -2^63 + 2^64 / 4
    // 2^53 + 1 is no double, but it is the difference: rounded only then, to even.
    EXPECT_EQ(interpolate<std::int64_t>(-1, Index{1} << 53, 0.25), -1 + 0x1p51);
}

/// The quantiles of parts of elements, by all passes that it takes; a table of counts for each result.
template <class T>
std::vector<double> selected(RadixSelection selection, const std::vector<std::vector<T>>& results,
                             bool skip_nan)
{
    const Index most_counts = selection.most_counts();
    for (;;) {
        const auto of_result = static_cast<std::size_t>(selection.counts_of_result());
        std::vector<Index> counts(results.size() * of_result);
        EXPECT_LE(std::ssize(counts), most_counts);
        for (std::size_t i = 0; i < results.size(); ++i) {
            const std::span<const T> all(results[i]);
            const std::size_t cut = all.size() / 3;
            for (const auto part : {all.first(cut), all.subspan(cut)})
                selection.count(static_cast<Index>(i), std::as_bytes(part),
                                std::span(counts).subspan(i * of_result, of_result));
        }
        if (selection.is_last_pass()) return selection.quantiles(counts, skip_nan);
        selection.narrow(counts);
    }
}

TEST(RadixSelection, FindsWhatSortingFinds)
{
    // Keys that begin alike, and results with other beginnings.
    std::vector<std::vector<double>> results(3);
    for (int i = 0; i < 501; ++i) {
        results[0].push_back(1e9 + std::sin(i) * 1e-6);
        results[1].push_back(i % 2 == 0 ? -7.5 : std::tan(i) * 1e200);
        results[2].push_back(i < 500 ? nan : 3);
    }
    const std::vector<double> quantiles{0.999, 0, 0.5, 0.123, 1};
    const RadixSelection selection(Element::float64, 3, 501, quantiles, false);
    const std::vector<double> found = selected(selection, results, true);
    std::vector<double> expected;
    for (std::vector<double>& result : results) {
        const auto of_result =
            quantiles_of(Element::float64, std::as_writable_bytes(std::span(result)), quantiles, true);
        expected.insert(expected.end(), of_result.begin(), of_result.end());
    }
    EXPECT_EQ(found, expected);
    EXPECT_EQ(found[10], 3); // the only one
    std::sort(results[0].begin(), results[0].end());
    EXPECT_EQ(found[2], results[0][250]);
    EXPECT_TRUE(std::isnan(selected(selection, results, false)[10]));
    const std::vector<std::vector<float>> nothing{{static_cast<float>(nan)}};
    const RadixSelection of_nothing(Element::float32, 1, 1, {0.5}, false);
    EXPECT_TRUE(std::isnan(selected(of_nothing, nothing, true).at(0)));
}

TEST(RadixSelection, OfManyCountsTakesMorePasses)
{
    // 4,096 results have room for 10 bits in a pass: four passes of 8.
    std::vector<std::vector<std::int32_t>> results(4096);
    for (std::size_t i = 0; i < results.size(); ++i)
        for (int j = 0; j < 5; ++j) results[i].push_back((j - 2) * 400'000'000 + static_cast<int>(i));
    ASSERT_TRUE(RadixSelection::has_room(4096, 2));
    EXPECT_FALSE(RadixSelection::has_room(4096, 3));
    const RadixSelection selection(Element::int32, 4096, 5, {0.25, 0.75}, false);
    EXPECT_EQ(selection.passes(), 4);
    const std::vector<double> found = selected(selection, results, false);
    for (std::size_t i = 0; i < results.size(); ++i) {
        ASSERT_EQ(found[2 * i], static_cast<double>(results[i][1]));
        ASSERT_EQ(found[2 * i + 1], static_cast<double>(results[i][3]));
    }
}

TEST(RadixSelection, SeesThatElementsHaveChanged)
{
    RadixSelection selection(Element::float32, 1, 2, {0.5}, false);
    const std::vector<float> before{1, 2};
    std::vector<Index> counts(static_cast<std::size_t>(selection.counts_of_result()));
    selection.count(0, std::as_bytes(std::span(before)), counts);
    selection.narrow(counts);
    EXPECT_EQ(selection.what_is_known(), "16 of 32 bits");
    EXPECT_EQ(selection.most_counts(), 2 << 16); // two neighbours, which may begin otherwise
    counts.assign(static_cast<std::size_t>(selection.counts_of_result()), 0);
    const std::vector<float> later{5, 6};
    selection.count(0, std::as_bytes(std::span(later)), counts);
    EXPECT_THROW((void)selection.quantiles(counts, false), Error);
}

TEST(Tally, CountsWhetherFewThingsOccurOrMany)
{
    const auto counts_of = [](const std::vector<std::size_t>& things) {
        Tally tally(100);
        for (const std::size_t thing : things) tally.add(thing);
        std::map<Index, Index> counts;
        Index last = -1;
        for (const auto& [thing, count] : std::move(tally).entries().entries) {
            EXPECT_GT(thing, last);
            counts[last = thing] = count.elements;
        }
        return counts;
    };
    EXPECT_TRUE(counts_of({}).empty());
    EXPECT_EQ(counts_of({7, 99, 7, 0, 7}), (std::map<Index, Index>{{0, 1}, {7, 3}, {99, 1}}));
    std::vector<std::size_t> many(50, 3); // as a list, 25 at most
    many.insert(many.end(), {99, 0, 3});
    EXPECT_EQ(counts_of(many), (std::map<Index, Index>{{0, 1}, {3, 51}, {99, 1}}));
}

} // namespace
} // namespace swather
