// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "sources/bam_place.hpp"

#include <deque>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace swather {

/// The index of a BAM, .bai (SAM specification 5.2) or .csi (CSIv1), in a few flat arrays: htslib's own takes
/// some 435 bytes for each contig, and there may be millions.
///
/// A bin is a stretch of a contig, numbered as in an 8-ary tree: bin 0 is all of it, bins 1–8 are its
/// eighths, those of the last level are its windows. A read is in the smallest bin that holds all of it; the
/// chunks of a bin tell where in the file its reads are.
class BamIndex {
public:
    /// Local. Reads an index. `Exit::bad_data`: it is none, or damaged; `bam`, whose index it is, is named in
    /// the remedy.
    BamIndex(const std::string& path, const std::string& bam);

    /// Local. The number of contigs.
    [[nodiscard]] Index contigs() const { return std::ssize(contigs_) - 1; }
    /// Local. From the first read that is placed on a contig to the end of the last; none where no read is.
    [[nodiscard]] std::optional<BgzfRange> placed() const;
    /// Local. Appends the ranges in which all reads are that overlap [start, end) of a contig, as htslib's
    /// sam_itr_queryi finds them, but in no order, and not yet joined.
    void append_ranges(Index contig, Index start, Index end, std::vector<BgzfRange>& ranges) const;

private:
    class File;

    struct Bin {
        std::uint64_t loffset; ///< no read that overlaps the bin's first window begins before it
        std::uint64_t first_chunk;
        std::uint32_t number;
        std::uint32_t chunks;
    };
    struct Chunk {
        std::uint64_t begin;
        std::uint64_t end;
    };
    struct Contig {
        std::uint64_t first_bin;
        std::uint64_t first_window;
    };

    template <class T>
    using Part = std::ranges::subrange<typename std::deque<T>::const_iterator>;

    void read_contig(File& file);
    void read_bin(File& file);
    void read_windows(const File& file, std::uint64_t first);

    [[nodiscard]] Part<Bin> bins_of(Index contig) const;
    [[nodiscard]] Part<std::uint64_t> windows_of(Index contig) const;
    static const Bin* find(const Part<Bin>& bins, std::uint32_t number);
    [[nodiscard]] std::uint64_t lowest(Index contig, Index start) const;
    [[nodiscard]] std::uint64_t highest(Index contig, Index end) const;

    int window_shift_ = 14; ///< a window has 1 << window_shift_ positions
    int depth_ = 5;         ///< the level of the windows; that of bin 0 is 0
    bool is_csi_ = false;
    // A vector would be there twice when it grows.
    std::deque<Contig> contigs_;          ///< and one more, where the bins and windows of the last end
    std::vector<bool> may_have_unmapped_; ///< of each contig: reads that are placed there, but not aligned
    std::deque<Bin> bins_;                ///< of each contig by number
    std::deque<Chunk> chunks_;
    std::deque<std::uint64_t> windows_; ///< of a .bai: the loffset of each window
};

/// Local. The same ranges by offset, joined where they share a BGZF block: that is inflated whole.
std::vector<BgzfRange> joined(std::vector<BgzfRange> ranges);

} // namespace swather
