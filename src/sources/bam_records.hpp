// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "sources/reads_view.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

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
    [[nodiscard]] std::uint64_t tell() const { return block_address_ << 16 | offset_; }
    /// Local. Makes `record` the next one; false at the end of the file. `Exit::bad_data`: the file is
    /// damaged.
    bool next(BamRecord& record)
    {
        if (at_block_end()) return next_over_blocks(record);
        take(record);
        return true;
    }
    /// Local. Whether all that was handed out is gone with the next record: it does not end in the same
    /// inflated block.
    [[nodiscard]] bool at_block_end() const
    {
        const std::size_t left = bytes_left();
        return left < sizeof(std::uint32_t) || left - sizeof(std::uint32_t) < size_at(place());
    }

    /// Local. That the file is damaged, to be thrown.
    [[nodiscard]] Error damaged() const;

private:
    struct File;

    [[nodiscard]] static std::uint32_t size_at(const std::byte* place)
    {
        std::uint32_t size = 0;
        std::memcpy(&size, place, sizeof size);
        return size;
    }
    [[nodiscard]] const std::byte* place() const { return block_.data() + offset_; }
    [[nodiscard]] std::size_t bytes_left() const { return block_.size() - std::min(offset_, block_.size()); }
    /// Takes a record that ends in the block at hand.
    void take(BamRecord& record)
    {
        const std::span bytes(place() + sizeof(std::uint32_t), size_at(place()));
        offset_ += sizeof(std::uint32_t) + bytes.size();
        if (offset_ == block_.size()) leave_block();
        if (!BamRecord::parse(bytes, record)) throw damaged();
    }
    bool next_over_blocks(BamRecord& record);
    bool read_block();
    std::size_t append(std::size_t bytes, std::vector<std::byte>& to);
    void look_at_block();
    void leave_block();

    std::string path_;
    std::unique_ptr<File> file_;
    std::uint64_t block_address_ = 0;  ///< in the file, of the block at hand
    std::span<const std::byte> block_; ///< as it is inflated; empty until it is
    std::size_t offset_ = 0;           ///< in it, of the next record
    std::vector<std::byte> torn_;      ///< a record over two blocks or more
};

} // namespace swather
