// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_records.hpp"
#include "sources/hts.hpp"
#include "sources/read_options.hpp"

namespace swather {

/// The records of a CRAM from any of its containers on, decoded by htslib, and of each only what is wanted.
class CramRecords {
public:
    static constexpr std::size_t most = 256; ///< records that live at once

    /// Local. Opens nothing. The reference is never looked for elsewhere than where `wanted` has it.
    CramRecords(std::string path, const ReadOptions& wanted);

    /// Local. Goes to the container at this byte; what was handed out is gone. `Exit::cannot_read`: the file
    /// cannot be opened. `Exit::bad_data`: it is damaged.
    void seek(std::uint64_t byte);
    /// Local. Makes `record` the next one; false at the end of the file. `Exit::bad_data`: the file is
    /// damaged.
    bool next(BamRecord& record);
    /// Local. Up to where the file was read: the end of the slice that the last record lies in.
    [[nodiscard]] std::uint64_t tell() const;

private:
    std::string path_;
    std::string reference_; ///< empty where no bases are wanted
    int fields_ = 0;        ///< of htslib's sam_fields
    HtsFile file_;
    HtsHeader header_;
    std::vector<HtsRecord> records_;
    std::size_t next_ = 0;
};

} // namespace swather
