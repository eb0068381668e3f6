// SPDX-License-Identifier: MIT
#pragma once

#include "sources/bam_place.hpp"
#include "sources/reads_view.hpp"

#include <memory>
#include <string>

namespace swather {

/// What is wanted beside what always comes.
struct ReadOptions {
    Index margin = 0;         ///< positions before and behind a piece whose reads come too
    bool names = false;       ///< names, and where mates begin
    bool read_groups = false; ///< read groups
};

/// A BAM as every rank reads it: seek and read, without header and index.
class BamReader {
public:
    /// Local. Opens the file.
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
