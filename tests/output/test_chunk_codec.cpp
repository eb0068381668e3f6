// SPDX-License-Identifier: MIT
#include "output/chunk_codec.hpp"
#include "support/decode_chunk.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

using namespace swather;

namespace {

/// As it is along a genome: it goes up and down, and starts anew.
std::vector<std::int32_t> some_depth(std::size_t cells, std::mt19937& random)
{
    std::vector<std::int32_t> depth(cells);
    std::int32_t last = 0;
    for (auto& value : depth) {
        last = random() % 40 == 0 ? static_cast<std::int32_t>(random() % 40)
                                  : std::max(0, last + static_cast<std::int32_t>(random() % 3) - 1);
        value = last;
    }
    return depth;
}

} // namespace

// Of ISA-L's packer, called for a chunk at once, one chunk of some 10,000 depends on the address of its
// state.
TEST(ChunkCodec, WhatIsPackedDependsOnTheChunkAlone)
{
    std::mt19937 random(7);
    std::vector<std::vector<std::int32_t>> chunks;
    for (int i = 0; i < 400; ++i) chunks.push_back(some_depth(500, random));
    std::vector<std::unique_ptr<ChunkCodec>> codecs; // all are kept, and so each lies elsewhere
    std::vector<Bytes> expected;
    for (int i = 0; i < 150; ++i) {
        codecs.push_back(std::make_unique<ChunkCodec>(1));
        for (std::size_t c = 0; c < chunks.size(); ++c) {
            Bytes packed;
            codecs.back()->append(std::as_bytes(std::span(chunks[c])), sizeof(std::int32_t), packed);
            if (i == 0)
                expected.push_back(std::move(packed));
            else
                ASSERT_EQ(packed, expected[c]) << "chunk " << c << " of codec " << i;
        }
    }
}

TEST(ChunkCodec, ChunksOfAnySize)
{
    std::mt19937 random(3);
    for (const int level : {0, 1, 2, 9}) {
        ChunkCodec codec(level);
        for (std::size_t cells = 1; cells < 300; ++cells) {
            const auto depth = some_depth(cells, random);
            Bytes packed(3, std::byte{9}); // which stay
            const std::size_t size =
                codec.append(std::as_bytes(std::span(depth)), sizeof(std::int32_t), packed);
            ASSERT_EQ(packed.size(), 3 + size);
            ASSERT_EQ(decode_chunk<std::int32_t>(std::span(packed).last(size), cells), depth);
        }
    }
}
