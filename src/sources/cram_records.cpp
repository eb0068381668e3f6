// SPDX-License-Identifier: MIT
#include "sources/cram_records.hpp"

#include "sources/reads_errors.hpp"

#include <htslib/cram.h>
#include <htslib/hfile.h>

#include <cerrno>

namespace swather {

namespace {

int fields_of(const ReadOptions& wanted)
{
    int fields = SAM_FLAG | SAM_RNAME | SAM_POS | SAM_MAPQ | SAM_CIGAR;
    if (wanted.names) fields |= SAM_QNAME | SAM_RNEXT | SAM_PNEXT | SAM_TLEN;
    if (wanted.read_groups) fields |= SAM_RGAUX;
    if (wanted.qualities) fields |= SAM_SEQ | SAM_QUAL; // without bases there is no number of them
    if (wanted.bases) fields |= SAM_SEQ | SAM_QUAL;
    if (wanted.is_realigned) fields |= SAM_AUX; // its old qualities
    return fields;
}

BamRecord view_of(const bam1_t& record)
{
    const auto bytes = [](const std::uint8_t* begin, auto size) {
        return std::span(reinterpret_cast<const std::byte*>(begin), static_cast<std::size_t>(size));
    };
    const bam1_core_t& core = record.core;
    const std::uint8_t* qualities = bam_get_qual(&record);
    const bool has_qualities = core.l_qseq > 0 && qualities[0] != 0xff;
    return {.contig = core.tid,
            .start = core.pos,
            .end = bam_endpos(&record),
            .flag = core.flag,
            .mapq = core.qual,
            .mate_contig = core.mtid,
            .mate_start = core.mpos,
            .template_length = core.isize,
            .base_count = core.l_qseq,
            .cigar = {reinterpret_cast<const Cigar*>(bam_get_cigar(&record)), core.n_cigar},
            .bases = bytes(bam_get_seq(&record), (core.l_qseq + 1) / 2),
            .qualities = {qualities, has_qualities ? static_cast<std::size_t>(core.l_qseq) : 0},
            .name_bytes = bytes(record.data, core.l_qname),
            .tags = bytes(bam_get_aux(&record), bam_get_l_aux(&record))};
}

} // namespace

CramRecords::CramRecords(std::string path, const ReadOptions& wanted)
    : path_(std::move(path))
    , fields_(fields_of(wanted))
{
    if (fields_ & SAM_SEQ) reference_ = wanted.reference;
    for (std::size_t i = 0; i < most; ++i) records_.emplace_back(bam_init1());
}

void CramRecords::seek(std::uint64_t byte)
{
    // What htslib has of the container at hand it lets go only with the file; there is one seek for a block.
    errno = 0;
    file_.reset(hts_open(path_.c_str(), "r"));
    if (!file_) throw system_error(Exit::cannot_read, errno, "open", path_);
    header_.reset(sam_hdr_read(file_.get()));
    const bool is_open =
        header_ && hts_set_opt(file_.get(), CRAM_OPT_REQUIRED_FIELDS, fields_) == 0 &&
        (reference_.empty() || hts_set_opt(file_.get(), CRAM_OPT_REFERENCE, reference_.c_str()) == 0) &&
        cram_seek(file_->fp.cram, static_cast<off_t>(byte), SEEK_SET) == 0;
    if (!is_open) throw damaged_reads(path_, byte);
}

bool CramRecords::next(BamRecord& record)
{
    bam1_t* decoded = records_[next_].get();
    next_ = (next_ + 1) % most;
    const int result = sam_read1(file_.get(), header_.get(), decoded);
    if (result < -1) throw damaged_reads(path_, tell());
    if (result < 0) return false;
    record = view_of(*decoded);
    return true;
}

std::uint64_t CramRecords::tell() const
{
    return static_cast<std::uint64_t>(htell(cram_fd_get_fp(file_->fp.cram)));
}

} // namespace swather
