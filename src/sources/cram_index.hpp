// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_place.hpp"

#include <string>
#include <vector>

namespace swather {

/// The index of a CRAM, .crai (CRAM specification 3.0, section 12): the contig and the positions of each
/// slice, and the container that it lies in.
class CramIndex {
public:
    /// Local. Reads an index. `Exit::bad_data`: it is none, damaged, or not of a file of so many contigs and
    /// bytes; `cram`, whose index it is, is named in the remedy.
    CramIndex(const std::string& path, const std::string& cram, Index contigs, std::uint64_t cram_size);

    /// Local. Where the containers begin, in bytes of the file, in its order.
    [[nodiscard]] const std::vector<std::uint64_t>& containers() const { return containers_; }
    /// Local. Appends the containers in which all reads are that overlap [start, end) of a contig, as virtual
    /// offsets of their first and past their last byte.
    void append_ranges(Index contig, Index start, Index end, std::vector<BgzfRange>& ranges) const;

private:
    struct Slice {
        Index contig = -1; ///< -1: reads that are placed nowhere
        Index start = 0;
        Index end = 0;
        Index reach = 0;           ///< the furthest end of the slices of the contig so far
        std::size_t container = 0; ///< its number
    };

    void append(Slice slice, std::uint64_t container);

    std::vector<Slice> slices_; ///< by contig and start, which is the order of the file; placed ones only
    std::vector<std::uint64_t> containers_;
    std::vector<Index> first_contigs_; ///< of each container
    std::uint64_t cram_size_;
};

} // namespace swather
