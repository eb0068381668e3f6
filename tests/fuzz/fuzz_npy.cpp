// SPDX-License-Identifier: MIT
// libFuzzer: of any bytes, a header is refused as bad data, or what it tells is safe to use.
#include "base/error.hpp"
#include "fuzz/expect.hpp"
#include "sources/npy_header.hpp"

#include <cstdint>
#include <limits>

using namespace swather;

namespace {

void check(const NpyHeader& header, std::size_t size)
{
    // In 128 bits nothing overflows.
    __extension__ using Wide = __int128;
    expect(header.data_offset >= 10, "the elements begin in the magic");
    expect(header.data_offset <= static_cast<Index>(size), "the header ends behind what was read");
    Wide bytes = size_of(header.element);
    bool is_empty = false;
    for (const Index length : header.shape) {
        expect(length >= 0, "an axis is shorter than none");
        is_empty |= length == 0;
    }
    if (is_empty) return;
    for (const Index length : header.shape) {
        bytes *= length;
        expect(bytes <= std::numeric_limits<Index>::max(), "the elements overflow");
    }
    expect(bytes + header.data_offset <= std::numeric_limits<Index>::max(), "the file overflows");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto front = std::as_bytes(std::span(data, size));
    try {
        check(parse_npy_header(front, "x.npy"), size);
        expect(is_npy(front), "what is no .npy was taken");
    } catch (const Error& error) {
        expect(error.code() == Exit::bad_data, error.what());
    }
    return 0;
}
