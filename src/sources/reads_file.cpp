// SPDX-License-Identifier: MIT
#include "sources/reads_file.hpp"

#include "base/error.hpp"
#include "sources/bam_file.hpp"
#include "sources/cram_file.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace swather {

bool is_cram(const std::string& path)
{
    std::array<char, 4> magic{};
    return std::ifstream(path, std::ios::binary).read(magic.data(), magic.size()) &&
           std::string_view(magic.data(), magic.size()) == "CRAM";
}

std::unique_ptr<ReadsFile> open_reads_file(const std::string& path)
{
    check_input(path);
    errno = 0;
    HtsFile file(hts_open(path.c_str(), "r"));
    // htslib opens a file of no known format only to say ENOEXEC.
    if (!file && errno != ENOEXEC && errno != 0) throw system_error(Exit::cannot_read, errno, "open", path);

    const htsFormat* format = file ? hts_get_format(file.get()) : nullptr;
    if (format && format->format == sam)
        throw Error(Exit::bad_data, "'{}' is SAM text, not BAM or CRAM", path)
            .remedy("convert it: samtools view -b -o reads.bam '{}' && samtools index reads.bam", path);
    const bool is_bam = format && format->format == bam && format->compression == bgzf;
    if (!is_bam && !(format && format->format == cram))
        throw Error(Exit::bad_data, "'{}' is not a BAM or CRAM file", path);
    if (hts_check_EOF(file.get()) == 0)
        throw Error(Exit::bad_data, "'{}' has no end-of-file block: it is truncated", path)
            .remedy("copy or make it again; nothing tells how many reads are missing");
    if (is_bam) return std::make_unique<BamFile>(path, std::move(file));
    return std::make_unique<CramFile>(path, std::move(file));
}

std::optional<std::string> index_beside(const std::string& path)
{
    const std::string stem = std::filesystem::path(path).replace_extension().string();
    const std::vector<std::string> of_cram{path + ".crai", stem + ".crai"};
    const std::vector<std::string> of_bam{path + ".csi", stem + ".csi", path + ".bai", stem + ".bai"};
    for (const std::string& candidate : is_cram(path) ? of_cram : of_bam)
        if (std::filesystem::exists(candidate)) return candidate;
    return std::nullopt;
}

std::string index_of(const std::string& path, const std::string& kinds)
{
    const auto index = index_beside(path);
    if (!index)
        throw Error(Exit::cannot_read, "'{}' has no index beside it ({})", path, kinds)
            .remedy("make one: samtools index '{0}', or swather stage '{0}'; or give --index", path);
    check_input(*index);
    warn_of_older(*index, path);
    return *index;
}

} // namespace swather
