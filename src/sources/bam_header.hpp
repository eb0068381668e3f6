// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct BGZF; // of htslib

namespace swather {

/// The header of a BAM (SAM specification 4.2). htslib's own takes twice as much, and half a kilobyte for
/// each contig once it is asked for a name.
class BamHeader {
public:
    /// Local. Reads the header, at which the file must stand; then it stands at the first record.
    /// `Exit::bad_data`: the header is damaged.
    BamHeader(BGZF* file, const std::string& path);

    /// Local. The number of contigs.
    [[nodiscard]] Index contigs() const { return std::ssize(contigs_); }
    [[nodiscard]] std::string_view name(Index contig) const;
    /// Local. Positions of a contig.
    [[nodiscard]] Index length(Index contig) const;
    /// Local. The contig that has this name or, as samtools has it, this alternative name (@SQ AN).
    [[nodiscard]] std::optional<Index> find(std::string_view name) const;
    /// Local. Whether the text says that reads are sorted by name (@HD SO:queryname).
    [[nodiscard]] bool sorted_by_name() const;

private:
    struct Contig {
        std::uint64_t name_end; ///< in names_; its begin is the end of the one before
        std::uint32_t length;
    };

    bool read_text(BGZF* file, std::uint32_t size);

    std::string text_; ///< its first line, and those with alternative names
    std::string names_;
    std::vector<Contig> contigs_;
};

} // namespace swather
