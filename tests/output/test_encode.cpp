// SPDX-License-Identifier: MIT
#include "output/encode.hpp"
#include "support/decode_chunk.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <numeric>
#include <random>

using namespace swather;

class EncodeAtLevel : public testing::TestWithParam<int> {};

TEST_P(EncodeAtLevel, WholeChunksThatDecodeToTheCells)
{
    // 300,000 cells in chunks of 262,144: the second is padded with zeros.
    const Plan plan = split(300'000, 1'000'000, 0);
    Dense<std::int32_t> dense{std::vector<std::int32_t>(300'000)};
    std::iota(dense.cells.begin(), dense.cells.end(), -1000);
    const Payload payload = Encoder(plan, GetParam())(plan.block(0), std::tuple(dense));

    const PartView part = part_of(payload.head, 0);
    const auto chunks = BytesReader(part.head).get_vector<EncodedChunk>();
    ASSERT_EQ(chunks.size(), 2u);
    ASSERT_EQ(chunks[0].size + chunks[1].size, payload.body.size());

    const auto first = std::span(payload.body).first(chunks[0].size);
    const auto second = std::span(payload.body).subspan(chunks[0].size);
    EXPECT_EQ(hash_of(first), chunks[0].hash);
    EXPECT_EQ(hash_of(second), chunks[1].hash);
    auto cells = decode_chunk<std::int32_t>(first, 262'144);
    const auto rest = decode_chunk<std::int32_t>(second, 262'144);
    cells.insert(cells.end(), rest.begin(), rest.end());
    EXPECT_TRUE(std::equal(dense.cells.begin(), dense.cells.end(), cells.begin()));
    EXPECT_TRUE(std::all_of(cells.begin() + 300'000, cells.end(), [](auto value) { return value == 0; }));
}

TEST_P(EncodeAtLevel, ChunksOfZerosAreAllAlike)
{
    const Plan plan = split(40, 10, 0);
    Encoder encode(plan, GetParam());
    const Dense<std::int32_t> zeros{std::vector<std::int32_t>(10)};
    Dense<std::int32_t> others = zeros;
    others.cells.back() = 1;
    const Payload first = encode(plan.block(0), std::tuple(zeros));
    const Payload between = encode(plan.block(1), std::tuple(others));
    const Payload again = encode(plan.block(2), std::tuple(zeros));
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.head, first.head);
    EXPECT_EQ(decode_chunk<std::int32_t>(again.body, 10), zeros.cells);
    EXPECT_EQ(decode_chunk<std::int32_t>(between.body, 10), others.cells);
}

TEST_P(EncodeAtLevel, WhatCannotBePackedFitsToo)
{
    std::mt19937_64 random(1);
    for (const Index cells : {1, 2, 7, 100, 8191, 65'536, 200'001}) {
        const Plan plan = split(cells, cells, 0);
        Dense<double> noise{std::vector<double>(static_cast<std::size_t>(cells))};
        for (double& value : noise.cells) value = std::bit_cast<double>(random() >> 2); // no NaN
        const Payload payload = Encoder(plan, GetParam())(plan.block(0), std::tuple(noise));
        EXPECT_EQ(decode_chunk<double>(payload.body, noise.cells.size()), noise.cells);
    }
}

INSTANTIATE_TEST_SUITE_P(Encode, EncodeAtLevel, testing::Values(0, 1, 6, 9));

TEST(Encode, PartsAreFoundByTheirNumber)
{
    const Plan plan = split(3, 3, 0);
    struct Sum {
        Index value;
        void merge(const Sum& other) { value += other.value; }
    };
    const auto results =
        std::tuple(Dense<std::int32_t>{{1, 2, 3}}, Scalar<Sum>{{{5, {70}}}}, Dense<double>{{0.5, 1, 2}});
    const Payload payload = Encoder(plan, 1)(plan.block(0), results);
    EXPECT_EQ(part_of(payload.head, 0).body_begin, 0u);
    EXPECT_EQ(part_of(payload.head, 1).body_size, 0u);
    const auto entries = BytesReader(part_of(payload.head, 1).head).get_vector<Scalar<Sum>::Entry>();
    EXPECT_EQ(entries.at(0).item, 5);
    EXPECT_EQ(entries.at(0).value.value, 70);
    EXPECT_EQ(part_of(payload.head, 2).body_begin, part_of(payload.head, 0).body_size);
}

TEST(Encode, ResultsOfAnotherSizeThanTheBlockAreOurFault)
{
    const Plan plan = split(10, 10, 0);
    EXPECT_THROW(Encoder(plan, 1)(plan.block(0), std::tuple(Dense<std::int32_t>{{1, 2, 3}})), Error);
}
