// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_records.hpp"
#include "sources/hts.hpp"

#include <algorithm>

namespace swather {

/// Whether a record is what htslib made of it.
inline bool is_same(const BamRecord& record, const bam1_t& reference)
{
    const bam1_core_t& core = reference.core;
    const auto is_run = [](const Cigar& run, std::uint32_t packed) {
        return static_cast<std::uint32_t>(run.operation()) == bam_cigar_op(packed) &&
               run.length() == bam_cigar_oplen(packed);
    };
    const std::uint8_t* quality = bam_get_qual(&reference);
    const std::uint8_t* group = bam_aux_get(&reference, "RG");
    const bool has_qualities = core.l_qseq > 0 && *quality != 0xff;
    return record.contig == core.tid && record.start == core.pos && record.end == bam_endpos(&reference) &&
           record.flag == core.flag && record.mapq == core.qual && record.mate_contig == core.mtid &&
           record.mate_start == core.mpos && record.name() == bam_get_qname(&reference) &&
           record.read_group() == (group && *group == 'Z' ? bam_aux2Z(group) : "") &&
           std::equal(record.cigar.begin(), record.cigar.end(), bam_get_cigar(&reference),
                      bam_get_cigar(&reference) + core.n_cigar, is_run) &&
           std::equal(record.qualities.begin(), record.qualities.end(), quality,
                      quality + (has_qualities ? core.l_qseq : 0));
}

} // namespace swather
