// SPDX-License-Identifier: MIT
#pragma once

#include "simulate/options.hpp"
#include "sources/hts.hpp"

#include <htslib/sam.h>

#include <compare>
#include <filesystem>
#include <map>
#include <memory>

namespace simulate {

/// A place on the genome. The default is that of a read without one.
struct Locus {
    int32_t contig = -1;
    hts_pos_t pos = -1;
    auto operator<=>(const Locus&) const = default;
};

inline constexpr Locus genome_end{INT32_MAX, 0};

using Cigar = std::vector<uint32_t>;

/// A read as the BAM has it.
using Read = swather::HtsRecord;

/// Sets RNEXT, PNEXT, TLEN, MC and the flags that tell about the other read of the pair.
inline void set_mate(bam1_t& read, const bam1_t& mate)
{
    bam1_core_t& core = read.core;
    core.mtid = mate.core.tid;
    core.mpos = mate.core.pos;
    if (mate.core.flag & BAM_FREVERSE) core.flag |= BAM_FMREVERSE;
    if (mate.core.flag & BAM_FUNMAP) {
        core.flag |= BAM_FMUNMAP;
        return;
    }
    std::string cigar;
    for (uint32_t i = 0; i < mate.core.n_cigar; ++i) {
        const uint32_t element = bam_get_cigar(&mate)[i];
        cigar += std::to_string(bam_cigar_oplen(element)) + bam_cigar_opchr(element);
    }
    require(bam_aux_update_str(&read, "MC", -1, cigar.c_str()) == 0, "out of memory");
    if (core.flag & BAM_FUNMAP || core.tid != core.mtid) return;
    const hts_pos_t span = std::max(bam_endpos(&read), bam_endpos(&mate)) - std::min(core.pos, core.mpos);
    const bool is_left = core.pos < core.mpos || (core.pos == core.mpos && core.flag & BAM_FREAD1);
    core.isize = is_left ? span : -span;
}

/// A BAM and its index. Reads come almost in order: each waits until no earlier one can follow.
class SortedBam {
public:
    explicit SortedBam(const Options& options)
        : path_(options.prefix + ".bam")
        , index_path_(path_ + ".bai")
    {
        std::string text = "@HD\tVN:1.6\tSO:coordinate\n";
        for (const Contig& c : options.contigs) text += fmt::format("@SQ\tSN:{}\tLN:{}\n", c.name, c.length);
        // No command line in @PG: equal data would differ by the name of the output.
        text += "@RG\tID:rg1\tSM:sample1\tLB:lib1\tPL:ILLUMINA\n@PG\tID:simulate_reads\tPN:simulate_reads\n";
        header_.reset(sam_hdr_parse(text.size(), text.c_str()));
        require(header_ != nullptr, "cannot make a BAM header: is a contig named twice?");
        file_.reset(hts_open(path_.c_str(), fmt::format("wb{}", options.level).c_str()));
        require(file_ != nullptr, fmt::format("cannot create '{}'", path_));
        if (options.threads > 1) check_write(hts_set_threads(file_.get(), options.threads));
        check_write(sam_hdr_write(file_.get(), header_.get()));
        check_write(sam_idx_init(file_.get(), header_.get(), 0, index_path_.c_str()));
    }

    void add(Read read, const bam1_t& mate)
    {
        set_mate(*read, mate);
        const Locus locus{read->core.tid, read->core.pos};
        waiting_.emplace(locus, std::move(read));
    }

    /// To be called when no read before `locus` is still to be added.
    void write_before(Locus locus)
    {
        for (auto first = waiting_.begin(); first != waiting_.end() && first->first < locus;) {
            check_write(sam_write1(file_.get(), header_.get(), first->second.get()));
            first = waiting_.erase(first);
        }
    }

    void close()
    {
        write_before(genome_end);
        check_write(sam_idx_save(file_.get()));
        check_write(hts_close(file_.release()));
        // Saved before the last bytes of the BAM, the index would look older than it.
        std::filesystem::last_write_time(index_path_, std::filesystem::file_time_type::clock::now());
    }

private:
    void check_write(int status) const { require(status >= 0, fmt::format("cannot write '{}'", path_)); }

    std::string path_, index_path_;
    swather::HtsHeader header_;
    swather::HtsFile file_;
    std::multimap<Locus, Read> waiting_; ///< reads of one place stay in the order of their coming
};

} // namespace simulate
