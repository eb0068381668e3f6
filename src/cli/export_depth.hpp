// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// The files that depth goes to; an empty name is none.
struct DepthTargets {
    std::string sample; ///< of a file of several
    std::string bedgraph;
    std::string bigwig;
    std::string tsv;      ///< "-": the standard output
    std::string mosdepth; ///< the prefix of mosdepth's files
    std::string quantize; ///< its classes of depth; empty: none

    /// Local. Whether there is any.
    [[nodiscard]] bool any() const
    {
        return !bedgraph.empty() || !bigwig.empty() || !tsv.empty() || !mosdepth.empty();
    }
};

/// Local. Writes the depth of an output file of `swather coverage` into all of these, in one pass: contigs in
/// the order of the file, regions of a contig in that of their positions. Files have their names when all
/// are whole.
///
/// `Exit::bad_data`: the file is not of swather, incomplete, without depth, has regions that overlap or, for
/// mosdepth, regions at all; `Exit::cannot_create`: a file is there and `force` is not given, or none can be;
/// `Exit::usage`: the sample is not in the file, or none is named of several. `Exit::io`: a full disk.
void export_depth(const std::string& path, const DepthTargets& targets, bool force);

} // namespace swather
