// SPDX-License-Identifier: MIT
#include "kernels/bins.hpp"
#include "kernels/reduce_part.hpp"
#include "kernels/tile_parts.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace swather {
namespace {

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values)
{
    return std::as_bytes(std::span(values));
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Reduction, SumsLoseNothingToLargeOnesBetween)
{
    // 1 is less than half of the last digit of 1e17, and there are 3,000 of it.
    std::vector<double> values{1e17};
    values.insert(values.end(), 3000, 1.0);
    values.push_back(-1e17);
    const Wanted wanted{.sum = true};
    EXPECT_EQ(static_cast<double>(reduce_reals(Element::float64, bytes_of(values), wanted).sum), 3000);
}

TEST(Reduction, IsTheSameHoweverPartsOfWholeLeavesAreCut)
{
    std::vector<double> values;
    for (int i = 0; i < 5000; ++i) values.push_back(1e6 + std::sin(i));
    const Wanted wanted{.sum = true, .deviations = true, .extremes = true};
    const Reduction<double> whole = reduce_reals(Element::float64, bytes_of(values), wanted);
    const std::vector<double> front(values.begin(), values.begin() + 2048);
    const std::vector<double> back(values.begin() + 2048, values.end());
    Reduction<double> merged = reduce_reals(Element::float64, bytes_of(front), wanted);
    Reduction<double> later = reduce_reals(Element::float64, bytes_of(back), wanted);
    for (Extreme<double>* extreme : {&later.least, &later.most}) extreme->place += 2048;
    merged.merge(later);
    EXPECT_EQ(merged.elements, 5000);
    EXPECT_EQ(merged.sum.high, whole.sum.high);
    EXPECT_NEAR(merged.deviations, whole.deviations, 1e-9);
    EXPECT_EQ(merged.least.place, whole.least.place);
    EXPECT_EQ(merged.most.place, whole.most.place);
}

TEST(Reduction, OfIntegersAtTheEndsOfTheirType)
{
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    const std::vector<std::int64_t> values{most, most, least, most};
    const auto known = reduce_integers(Element::int64, bytes_of(values), {.sum = true, .extremes = true});
    EXPECT_TRUE(known.sum == Int128{most} * 3 + least);
    EXPECT_EQ(known.least.place, 2);
    EXPECT_EQ(known.most.place, 0); // the first of equal ones
}

TEST(Reduction, IntegersThatFloat64DoesNotHoldDeviateExactly)
{
    // Of 1, 2 … n the sum of squared deviations is n (n² - 1) / 12; float64 has steps of 1,024 here.
    constexpr std::uint64_t n = 1000;
    std::vector<std::uint64_t> values(n);
    for (std::uint64_t i = 0; i < n; ++i) values[i] = (std::uint64_t{1} << 63) + i;
    const auto known = reduce_integers(Element::uint64, bytes_of(values),
                                       {.sum = true, .deviations = true, .extremes = true});
    EXPECT_EQ(known.deviations, 1000.0 * (1000.0 * 1000.0 - 1) / 12);
    EXPECT_TRUE(known.most.value == (Int128{1} << 63) + 999);
    EXPECT_EQ(known.most.place, 999);
}

TEST(Reduction, NanIsBothExtremesUnlessItIsLeftOut)
{
    std::vector<double> values(2000, 5.0);
    values[1500] = nan;
    values[1501] = -1;
    const auto known = reduce_reals(Element::float64, bytes_of(values), {.extremes = true});
    EXPECT_TRUE(std::isnan(known.least.value) && std::isnan(known.most.value));
    EXPECT_EQ(known.least.place, 1500);
    const auto others = reduce_reals(Element::float64, bytes_of(values),
                                     {.sum = true, .extremes = true, .nonfinite = true, .skip_nan = true});
    EXPECT_EQ(others.elements, 1999);
    EXPECT_EQ(others.nonfinite, 1);
    EXPECT_EQ(others.least.place, 1501);
    EXPECT_EQ(others.sum.high, 1998 * 5 - 1);
}

TEST(TileParts, TakesElementsApartByTheirResults)
{
    // An array of 2 × 3 × 2, elements 0 to 11, of which the middle axis is kept; the tile has all but its
    // first coordinate: results 1 and 2 of 3, counted from 1 on.
    ReducedAxes axes{.axes = {{.name = "a", .size = 2}, {.name = "b", .size = 3}, {.name = "c", .size = 2}},
                     .is_reduced = {1, 0, 1}};
    EXPECT_EQ(axes.results(), 3);
    const std::vector<std::int16_t> elements{2, 3, 4, 5, 8, 9, 10, 11};
    const ArrayTile tile{{{0, 2}, {1, 3}, {0, 2}}, bytes_of(elements)};
    TileParts parts(axes, 1, 2);
    std::vector<std::pair<Index, std::vector<std::int16_t>>> found;
    parts(tile, [&](Index result, std::span<const std::byte> part) {
        const auto* values = reinterpret_cast<const std::int16_t*>(part.data());
        found.emplace_back(result, std::vector(values, values + part.size() / 2));
    });
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], (std::pair<Index, std::vector<std::int16_t>>{0, {2, 3, 8, 9}}));
    EXPECT_EQ(found[1], (std::pair<Index, std::vector<std::int16_t>>{1, {4, 5, 10, 11}}));
    EXPECT_EQ(parts.place(tile.box, 2), 2); // (1, ., 0) of 2 × 2
}

TEST(TileParts, TilesGoAlongWhatIsReducedAsFarAsRunsStayLong)
{
    const auto tile_of = [](std::vector<char> is_reduced) {
        const ReducedAxes axes{
            .axes = {{.name = "a", .size = 2000}, {.name = "b", .size = 1000}, {.name = "c", .size = 1000}},
            .is_reduced = std::move(is_reduced)};
        return reduced_tile(axes, {.chunk = {1, 1, 1}, .order = {2, 1, 0}});
    };
    EXPECT_EQ(tile_of({1, 1, 1}), (std::vector<Index>{1, 65, 1000})); // 65,536 at most
    EXPECT_EQ(tile_of({0, 0, 1}), (std::vector<Index>{1, 65, 1000}));
    EXPECT_EQ(tile_of({1, 0, 0}), (std::vector<Index>{131, 8, 1000})); // 8,192 results, 1,048,576 elements
    EXPECT_EQ(tile_of({1, 1, 0}), (std::vector<Index>{1, 1000, 1000}));
}

TEST(Bins, AreClosedBelowAndTheLastAboveToo)
{
    const Bins bins(4, 0, 2);
    EXPECT_EQ(bins.edges(), (std::vector<double>{0, 0.5, 1, 1.5, 2}));
    const std::vector<float> values{-0.1F,
                                    0,
                                    0.49F,
                                    0.5F,
                                    1,
                                    1.99F,
                                    2,
                                    2.1F,
                                    std::numeric_limits<float>::infinity(),
                                    std::numeric_limits<float>::quiet_NaN()};
    std::vector<Index> counts(4);
    bins.count(Element::float32, bytes_of(values), counts);
    EXPECT_EQ(counts, (std::vector<Index>{2, 1, 1, 2}));
}

} // namespace
} // namespace swather
