// SPDX-License-Identifier: MIT
#pragma once

#include "sources/reads_view.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

class Error;

/// An alignment record where it stands in an inflated block: nothing of it is copied (SAM specification 4.2).
struct BamRecord {
    Index contig = -1; ///< number of the contig; −1: on none
    Index start = -1;  ///< first position on the contig, 0-based; −1: none
    Index end = 0;     ///< one past the last; behind start also where no base is aligned, as htslib has it
    std::uint16_t flag = 0;
    std::uint8_t mapq = 0;
    Index mate_contig = -1; ///< as `contig`, of the other read of the pair
    Index mate_start = -1;
    Index template_length = 0;
    Index base_count = 0;
    std::span<const Cigar> cigar;            ///< the whole, also of a read that has it in its tag CG
    std::span<const std::byte> bases;        ///< two in a byte
    std::span<const std::uint8_t> qualities; ///< one for each base; empty where the record has none
    std::span<const std::byte> name_bytes;   ///< the name and NULs
    std::span<const std::byte> tags;

    /// Local. The name: up to its first NUL, as htslib compares names.
    [[nodiscard]] std::string_view name() const;
    /// Local. The read group, that is the tag RG; empty where there is none.
    [[nodiscard]] std::string_view read_group() const;
    /// Local. Makes it the record of these bytes, without its size before them; false where they contradict
    /// each other, as htslib's bam_read1 refuses them.
    static bool parse(std::span<const std::byte> bytes, BamRecord& record);
};

/// The records of a BAM from any virtual offset on. htslib inflates; the records are taken from where it
/// inflates to.
class BamRecords {
public:
    /// Local. Opens the file. `Exit::cannot_read`: it cannot be opened.
    explicit BamRecords(const std::string& path);
    ~BamRecords();

    /// Local. Goes to a virtual offset; what was handed out is gone. `Exit::bad_data`: there is no such.
    void seek(std::uint64_t offset);
    /// Local. The virtual offset of the next record.
    [[nodiscard]] std::uint64_t tell() const;
    /// Local. Makes `record` the next one; false at the end of the file. `Exit::bad_data`: the file is
    /// damaged.
    bool next(BamRecord& record);
    /// Local. Whether all that was handed out is gone with the next record: it does not end in the same
    /// inflated block.
    [[nodiscard]] bool at_block_end() const;

    /// Local. That the file is damaged, to be thrown.
    [[nodiscard]] Error damaged() const;

private:
    struct File;

    std::string path_;
    std::unique_ptr<File> file_;
    std::vector<std::byte> torn_; ///< a record over two blocks or more
};

} // namespace swather
