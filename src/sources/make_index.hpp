// SPDX-License-Identifier: MIT
#pragma once

#include "base/file.hpp"

#include <memory>
#include <string>

namespace swather {

/// Local. Makes the index of a BAM (.bai, or .csi where a contig is too long for that), CRAM (.crai) or FASTA
/// (.fai, and .gzi of a packed one) beside it by htslib, and says so; one that is there and not older is left
/// alone, an older one is replaced where it stands. An index has its name only when it is whole.
/// `Exit::cannot_read`: no such file. `Exit::bad_data`: none of these, damaged, or not sorted by position.
/// `Exit::cannot_create`: the folder cannot be written.
void make_index(const std::string& path);

/// Local. Sees that a FASTA has a .fai (and .gzi) beside it: one is made where there is none and `keep` says
/// so. Where nothing is to be kept, or its folder cannot be written into, what comes back is a .fai that is
/// gone with it. `Exit::bad_data`: damaged, or its lines differ in length.
std::unique_ptr<WholeFile> index_of_fasta(const std::string& path, bool keep);

} // namespace swather
