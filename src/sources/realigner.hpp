// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_records.hpp"
#include "sources/hts.hpp"
#include "sources/reference.hpp"

namespace swather {

/// Base alignment quality: that of a base is lowered where it may be aligned to a wrong position (Li 2011,
/// doi:10.1093/bioinformatics/btr076). It is htslib's own, sam_prob_realn, as samtools mpileup -f applies it.
class Realigner {
public:
    /// Local. Opens the reference; errors as there.
    explicit Realigner(const std::string& reference)
        : reference_(reference)
        , record_(bam_init1())
    {
    }

    /// Local. The qualities of a record on sequence `number` of the reference; they live until the next call.
    std::span<const std::uint8_t> qualities_of(const BamRecord& record, std::int32_t number);

private:
    void fetch(std::int32_t number, const Box& positions);
    void copy(const BamRecord& record);

    Reference reference_;
    HtsRecord record_; // for htslib, on a contig that begins where `bases_` do
    std::int32_t number_ = -1;
    Index begin_ = 0; // the position of the first base
    std::string bases_;
};

} // namespace swather
