// SPDX-License-Identifier: MIT
#include "sources/make_index.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"
#include "sources/reads_file.hpp"

#include <htslib/faidx.h>

#include <cerrno>
#include <filesystem>

namespace swather {

namespace {

namespace fs = std::filesystem;

constexpr Index longest_of_bai = Index{1} << 29;
constexpr int csi_shift = 14; // its smallest bins have 1 << 14 positions, as those of samtools

Index longest_contig(const std::string& path)
{
    const BamHeader header = open_reads_file(path)->read_header(false);
    Index longest = 0;
    for (Index contig = 0; contig < header.contigs(); ++contig)
        longest = std::max(longest, header.length(contig));
    return longest;
}

bool is_up_to_date(const std::string& index, const std::string& path)
{
    return fs::exists(index) && fs::last_write_time(index) >= fs::last_write_time(path);
}

void make_index_of_reads(const std::string& path)
{
    if (const auto there = index_beside(path); there && is_up_to_date(*there, path))
        return spdlog::info("'{}' is there: nothing to do", *there);
    const bool is_long = !is_cram(path) && longest_contig(path) > longest_of_bai;
    const std::string index = path + (is_cram(path) ? ".crai" : is_long ? ".csi" : ".bai");
    write_whole(index, [&](const File& file) {
        errno = 0;
        const int result =
            sam_index_build3(path.c_str(), file.path().c_str(), is_long ? csi_shift : 0, /*threads*/ 0);
        if (result == -4) throw system_error(Exit::io, errno, "write", file.path());
        if (result != 0)
            throw Error(Exit::bad_data, "'{}' cannot be indexed: it is not sorted by position, or damaged",
                        path)
                .remedy("sort it: samtools sort -o sorted.bam '{}'", path);
    });
    spdlog::info("'{}' is made", index);
}

void make_index_of_sequences(const std::string& path, bool is_packed)
{
    const std::string index = path + ".fai";
    const std::string blocks = path + ".gzi"; // where those of a packed file lie
    if (is_up_to_date(index, path) && (!is_packed || is_up_to_date(blocks, path)))
        return spdlog::info("'{}' is there: nothing to do", index);
    const auto build = [&](const std::string& to, const std::string& blocks_to) {
        if (fai_build3(path.c_str(), to.c_str(), blocks_to.empty() ? nullptr : blocks_to.c_str()) != 0)
            throw Error(Exit::bad_data,
                        "'{}' cannot be indexed: it is no FASTA, or its lines differ in length", path)
                .remedy("give all lines of a sequence but its last one length; pack it by bgzip, not gzip");
    };
    write_whole(index, [&](const File& file) {
        if (!is_packed) return build(file.path(), "");
        write_whole(blocks, [&](const File& of_blocks) { build(file.path(), of_blocks.path()); });
    });
    spdlog::info("'{}' is made", index);
}

} // namespace

void make_index(const std::string& path)
{
    check_input(path);
    const HtsFile file(hts_open(path.c_str(), "r"));
    const htsFormat* format = file ? hts_get_format(file.get()) : nullptr;
    if (format && (format->format == bam || format->format == cram)) return make_index_of_reads(path);
    if (format && format->format == fasta_format)
        return make_index_of_sequences(path, format->compression != no_compression);
    throw Error(Exit::bad_data, "'{}' is no BAM, CRAM or FASTA, and needs no index", path)
        .remedy("other inputs are taken as they are");
}

} // namespace swather
