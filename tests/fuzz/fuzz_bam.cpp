// SPDX-License-Identifier: MIT
// libFuzzer: any bytes are the record that htslib takes them for, or are refused as htslib refuses them.
#include "fuzz/expect.hpp"
#include "support/bam_record_reference.hpp"

#include <htslib/hfile.h>

#include <cstdlib>
#include <cstring>
#include <string>

using namespace swather;

namespace {

/// What htslib reads of a file that is one record.
HtsRecord reference_of(std::span<const std::byte> bytes)
{
    const auto size = static_cast<std::uint32_t>(bytes.size());
    // hopen takes the buffer over, and frees it.
    auto* const file = static_cast<char*>(std::malloc(sizeof size + bytes.size()));
    std::memcpy(file, &size, sizeof size);
    if (size > 0) std::memcpy(file + sizeof size, bytes.data(), bytes.size());
    const HtsBgzf bgzf(bgzf_hopen(hopen("mem:", "r:", file, sizeof size + bytes.size()), "r"));
    expect(bgzf != nullptr, "htslib opens no memory");
    HtsRecord record(bam_init1());
    if (bam_read1(bgzf.get(), record.get()) < 0) record.reset();
    return record;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const bool quiet = (hts_set_log_level(HTS_LOG_OFF), true);
    (void)quiet;
    const auto bytes = std::as_bytes(std::span(data, size));
    BamRecord record;
    const bool is_record = BamRecord::parse(bytes, record);
    const HtsRecord reference = reference_of(bytes);
    expect(is_record == (reference != nullptr), "another verdict than htslib's");
    if (is_record) expect(is_same(record, *reference), "another record than htslib's");
    return 0;
}
