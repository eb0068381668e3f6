// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_place.hpp"
#include "sources/read_options.hpp"

#include <memory>
#include <string>

namespace swather {

/// A file of aligned reads as every rank reads it: seek and read, without the index.
class ReadsReader {
public:
    virtual ~ReadsReader() = default;

    /// Local. Goes to the reads of a block; ends the batches of the block before.
    virtual void start(BamPlace place) = 0;
    /// Local. The next reads of the block; empty at the end. A damaged or unsorted file, or ranges that are
    /// not this file's, are `Exit::bad_data`.
    virtual std::span<const Read> next_batch() = 0;
};

/// Local. Opens a BAM or a CRAM, and the reference where it is needed. `Exit::cannot_read`: it cannot be
/// opened.
std::unique_ptr<ReadsReader> open_reads(const std::string& path, const ReadOptions& options);

} // namespace swather
