// SPDX-License-Identifier: MIT
// libFuzzer: of any text, an index of a FASTA is refused as bad data, or what it tells is safe to use.
#include "base/error.hpp"
#include "fuzz/expect.hpp"
#include "sources/fasta_index.hpp"

#include <cstdint>
#include <limits>

using namespace swather;

namespace {

void check(const FastaIndex& index)
{
    Index end = 0;
    for (const auto& [name, lines] : index.contigs) {
        expect(lines.length >= 0 && lines.offset > end, "contigs overlap");
        end = lines.end();
        expect(end >= lines.offset && end < std::numeric_limits<Index>::max() - 2, "the end overflows");
        if (lines.length == 0) continue;
        expect(lines.byte_of(0) == lines.offset, "the first base is elsewhere");
        expect(lines.end() - lines.offset >= lines.length, "bases share bytes");
        expect(name.find_first_of("\t\n") == name.npos, "a name has two fields");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    try {
        check(parse_fasta_index({reinterpret_cast<const char*>(data), size}, "x.fai"));
    } catch (const Error& error) {
        expect(error.code() == Exit::bad_data && !error.remedy().empty(), error.what());
    }
    return 0;
}
