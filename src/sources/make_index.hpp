// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// Local. Makes the index of a BAM (.bai, or .csi where a contig is too long for that), CRAM (.crai) or FASTA
/// (.fai, and .gzi of a packed one) beside it by htslib, and says so; one that is there and not older is left
/// alone, an older one is replaced where it stands. An index has its name only when it is whole.
/// `Exit::cannot_read`: no such file. `Exit::bad_data`: none of these, damaged, or not sorted by position.
/// `Exit::cannot_create`: the folder cannot be written.
void make_index(const std::string& path);

} // namespace swather
