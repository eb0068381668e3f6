// SPDX-License-Identifier: MIT
#include "sources/make_index.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"
#include "sources/reads_file.hpp"
#include "sources/text_file.hpp"

#include <htslib/faidx.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

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

/// Where the index of reads is to stand: in the place of an older one, which would be looked at first.
std::string place_of_index(const std::string& path, const std::optional<std::string>& older)
{
    if (is_cram(path)) return older.value_or(path + ".crai");
    const bool is_long = longest_contig(path) > longest_of_bai;
    if (older && (older->ends_with(".csi") || !is_long)) return *older;
    return path + (is_long ? ".csi" : ".bai");
}

void check_place(const std::string& path, bool has_older)
{
    const std::string folder = folder_of(path);
    if (::access(folder.c_str(), W_OK) == 0) return;
    const int reason = errno;
    throw Error(Exit::cannot_create, "'{}' needs an index beside it, and {} cannot be written: {}", path,
                folder == "." ? "this folder" : "'" + folder + "'", std::strerror(reason))
        .remedy("give a link to it in a folder of yours: ln -s '{}' .{}", fs::absolute(path).string(),
                has_older ? "; or trust the older index that is there: leave out --index" : "");
}

void make_index_of_reads(const std::string& path)
{
    const auto there = index_beside(path);
    if (there && is_up_to_date(*there, path)) return spdlog::info("'{}' is there: nothing to do", *there);
    check_place(path, there.has_value());
    const std::string index = place_of_index(path, there);
    const bool is_csi = index.ends_with(".csi");
    write_whole(index, [&](const File& file) {
        errno = 0;
        const int result =
            sam_index_build3(path.c_str(), file.path().c_str(), is_csi ? csi_shift : 0, /*threads*/ 0);
        if (result == -4) throw system_error(Exit::io, errno, "write", file.path());
        if (result != 0)
            throw Error(Exit::bad_data, "'{}' cannot be indexed: it is not sorted by position, or damaged",
                        path)
                .remedy("sort it: samtools sort -o sorted.bam '{}'", path);
    });
    spdlog::info("'{}' is made", index);
}

/// By htslib, which gives the blocks of a packed file a name whether it is wanted or not.
void build_index_of_sequences(const std::string& path, const std::string& to, const std::string& blocks_to)
{
    errno = 0;
    if (fai_build3(path.c_str(), to.c_str(), blocks_to.empty() ? nullptr : blocks_to.c_str()) == 0) return;
    if (errno == ENOSPC || errno == EDQUOT) throw system_error(Exit::io, errno, "write", to);
    throw Error(
        Exit::bad_data,
        "'{}' cannot be indexed: it is no FASTA, its lines differ in length, or its last sequence is empty",
        path)
        .remedy("give all lines of a sequence but its last one length; pack it by bgzip, not gzip");
}

void make_index_of_sequences(const std::string& path, bool is_packed)
{
    const std::string index = path + ".fai";
    const std::string blocks = path + ".gzi"; // where those of a packed file lie
    if (is_up_to_date(index, path) && (!is_packed || is_up_to_date(blocks, path)))
        return spdlog::info("'{}' is there: nothing to do", index);
    check_place(path, fs::exists(index));
    write_whole(index, [&](const File& file) {
        if (!is_packed) return build_index_of_sequences(path, file.path(), "");
        write_whole(blocks, [&](const File& of_blocks) {
            build_index_of_sequences(path, file.path(), of_blocks.path());
        });
    });
    spdlog::info("'{}' is made", index);
}

} // namespace

std::unique_ptr<WholeFile> index_of_fasta(const std::string& path, bool keep)
{
    if (fs::exists(path + ".fai")) return nullptr;
    if (keep) {
        try {
            make_index_of_sequences(path, packing_of(path) == Packing::bgzf);
            return nullptr;
        } catch (const Error& error) {
            if (error.code() != Exit::io && error.code() != Exit::cannot_create) throw;
            spdlog::warn("{}: the index of '{}' is made for this run alone", error.finding(), path);
        }
    }
    const std::string folder = fs::temp_directory_path();
    auto index = std::make_unique<WholeFile>(folder + "/swather.fai");
    const WholeFile blocks(folder + "/swather.gzi");
    build_index_of_sequences(path, index->file().path(), blocks.file().path());
    return index;
}

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
