// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_header.hpp"
#include "sources/bam_place.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace swather {

/// A file of aligned reads as rank 0 sees it: its header, and then its index.
class ReadsFile {
public:
    virtual ~ReadsFile() = default;

    /// Local. Reads the header; to be called once, before all that follows. `digests`: with those of the
    /// contigs. `Exit::bad_data`: it is damaged.
    virtual BamHeader read_header(bool digests) = 0;
    /// Local. Reads the index beside it, and sees that it is of this file, which has so many contigs.
    /// `Exit::cannot_read`: there is none. `Exit::bad_data`: it is damaged, or another file's.
    virtual void open_index(Index contigs) = 0;
    /// Local. Appends the ranges in which all reads are that overlap [start, end) of a contig, in no order,
    /// and not yet joined. `Exit::bad_data`: the index points behind the end of the file.
    virtual void append_ranges(Index contig, Index start, Index end,
                               std::vector<BgzfRange>& ranges) const = 0;
};

/// Local. Whether a file begins as a CRAM does; not where it cannot be read.
bool is_cram(const std::string& path);

/// Local. Opens a BAM or CRAM. `Exit::cannot_read`: no such file. `Exit::bad_data`: neither of them, or
/// without its end.
std::unique_ptr<ReadsFile> open_reads_file(const std::string& path);

/// Local. The index beside a BAM or CRAM, in the order in which samtools looks for one; none where there is
/// none.
std::optional<std::string> index_beside(const std::string& path);

/// Local. The same, checked to be readable; a warning where it is older than its file. `Exit::cannot_read`:
/// there is none; `kinds` says of which there might be: ".bai or .csi".
std::string index_of(const std::string& path, const std::string& kinds);

} // namespace swather
