// SPDX-License-Identifier: MIT
#include "sources/reads_reader.hpp"

#include "sources/bam_reader.hpp"
#include "sources/cram_reader.hpp"
#include "sources/reads_file.hpp"

namespace swather {

std::unique_ptr<ReadsReader> open_reads(const std::string& path, const ReadOptions& options)
{
    if (is_cram(path)) return std::make_unique<CramReader>(path, options);
    return std::make_unique<BamReader>(path, options);
}

} // namespace swather
