// SPDX-License-Identifier: MIT
// libFuzzer: of any bytes, a header is refused as bad data, or what it tells is safe to use.
#include "base/error.hpp"
#include "fuzz/expect.hpp"
#include "sources/nifti_header.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

using namespace swather;

namespace {

bool fits(const NiftiHeader& header, Index bytes)
{
    try {
        check_size(header, bytes, "x.nii");
        return true;
    } catch (const Error& error) {
        expect(error.code() == Exit::bad_data, "a short file is bad data");
        return false;
    }
}

void check(const NiftiHeader& header)
{
    // In 128 bits nothing overflows.
    __extension__ using Wide = __int128;
    Wide end = header.cell_bytes;
    for (const Index size : {header.nx, header.ny, header.nz, header.nt}) {
        expect(size >= 1, "an axis is empty");
        end *= size;
        expect(end <= std::numeric_limits<Index>::max(), "the data overflow");
    }
    expect(header.data_bytes() == static_cast<Index>(end), "data_bytes is wrong");
    end += header.data_offset;
    expect(header.data_offset >= (header.is_pair ? 0 : 352), "the data begin in the header");
    expect(end <= std::numeric_limits<Index>::max(), "the file overflows");
    expect(fits(header, static_cast<Index>(end)), "a file that is whole is refused");
    expect(!fits(header, static_cast<Index>(end) - 1), "a file that is short is taken");
    expect(!fits(header, 0), "an empty file is taken");

    expect(std::isfinite(header.slope) && header.slope != 0 && std::isfinite(header.intercept), "scaling");
    expect(std::isfinite(header.tr) && header.tr >= 0, "tr");
    for (const double zoom : header.zooms) expect(std::isfinite(zoom) && zoom > 0, "zooms");
    for (const auto& row : header.affine)
        for (const double value : row) expect(std::isfinite(value), "affine");
    for (const double value : header.intent.parameters) expect(std::isfinite(value), "intent");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    try {
        check(parse_nifti_header(std::as_bytes(std::span(data, size)), "x.nii"));
    } catch (const Error& error) {
        expect(error.code() == Exit::bad_data && !error.remedy().empty(), error.what());
    }
    return 0;
}
