// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

/// The inverse of HDF5's two filters, written out: inflate, then element i is byte i of each plane.
template <class T>
std::vector<T> decode_chunk(std::span<const std::byte> encoded, std::size_t cells)
{
    std::vector<unsigned char> planes(sizeof(T) * cells);
    auto* decompressor = libdeflate_alloc_decompressor();
    const auto result = libdeflate_zlib_decompress(decompressor, encoded.data(), encoded.size(),
                                                   planes.data(), planes.size(), nullptr);
    libdeflate_free_decompressor(decompressor);
    EXPECT_EQ(result, LIBDEFLATE_SUCCESS);
    std::vector<T> values(cells);
    for (std::size_t i = 0; i < cells; ++i) {
        unsigned char bytes[sizeof(T)]; // of a little-endian number, as the file has it
        for (std::size_t b = 0; b < sizeof(T); ++b) bytes[b] = planes[b * cells + i];
        std::memcpy(&values[i], bytes, sizeof(T));
    }
    return values;
}
