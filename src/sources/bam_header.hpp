// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct BGZF; // of htslib
struct sam_hdr_t;

namespace swather {

/// The header of a BAM (SAM specification 4.2) or CRAM. htslib's own takes twice as much, and half a kilobyte
/// for each contig once it is asked for a name.
class BamHeader {
public:
    /// Local. Reads the header, at which the file must stand; then it stands at the first record. `digests`:
    /// with those of the contigs. `Exit::bad_data`: the header is damaged.
    BamHeader(BGZF* file, const std::string& path, bool digests = false);
    /// Local. The same of a header that htslib has read.
    BamHeader(sam_hdr_t* header, bool digests);

    /// Local. The number of contigs.
    [[nodiscard]] Index contigs() const { return std::ssize(contigs_); }
    [[nodiscard]] std::string_view name(Index contig) const;
    /// Local. Of all names together.
    [[nodiscard]] Index characters() const { return std::ssize(names_); }
    /// Local. Positions of a contig.
    [[nodiscard]] Index length(Index contig) const;
    /// Local. The MD5 of the sequence of a contig (@SQ M5), in lower case; empty where it is not known.
    [[nodiscard]] std::string digest(Index contig) const;
    /// Local. The contig that has this name or, as samtools has it, this alternative name (@SQ AN).
    [[nodiscard]] std::optional<Index> find(std::string_view name) const;
    /// Local. XXH3 of the contigs: their order, names, lengths and digests, and what else finds them.
    [[nodiscard]] std::uint64_t hash_of_contigs() const;
    /// Local. Whether the text says that reads are sorted by name (@HD SO:queryname).
    [[nodiscard]] bool sorted_by_name() const;
    /// Local. The samples of the read groups (@RG SM), each once.
    [[nodiscard]] const std::vector<std::string>& samples() const { return samples_; }

private:
    struct Contig {
        std::uint64_t name_end; ///< in names_; its begin is the end of the one before
        std::uint32_t length;
    };

    bool read_text(BGZF* file, std::uint32_t size, bool digests);
    void keep_line(std::string_view line, bool digests);

    std::string text_;    ///< its first line, and those with alternative names
    std::string digests_; ///< 32 bytes of each contig, blanks where there is none; empty where none is wanted
    std::string names_;
    std::vector<Contig> contigs_;
    std::vector<std::string> samples_;
};

/// Local. The names of the first few contigs, in words.
std::string first_contigs(const BamHeader& header);

} // namespace swather
