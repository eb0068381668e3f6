// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_place.hpp"
#include "sources/read_options.hpp"

#include <memory>
#include <string>

namespace swather {

/// A BAM as every rank reads it: seek and read, without header and index.
class BamReader {
public:
    /// Local. Opens the file, and the reference.
    BamReader(const std::string& path, const ReadOptions& options);
    ~BamReader();

    /// Local. Goes to the reads of a block; ends the batches of the block before.
    void start(BamPlace place);
    /// Local. The next reads of the block; empty at the end. A damaged or unsorted file, or ranges that are
    /// not this file's, are `Exit::bad_data`.
    std::span<const Read> next_batch();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
