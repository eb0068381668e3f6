// SPDX-License-Identifier: MIT
#pragma once

#include "sources/reads_view.hpp"

#include <functional>
#include <string>

namespace swather {

/// What is wanted of reads beside what always comes.
struct ReadOptions {
    Index margin = 0;         ///< positions before and behind a piece whose reads come too
    bool names = false;       ///< names, and where mates begin
    bool read_groups = false; ///< read groups
    bool bases = false;       ///< bases, and what else mates are compared by; needs names
    /// FASTA by which the qualities of bases are lowered as samtools mpileup -f does it (BAQ); empty: they
    /// are not.
    std::string reference{};
    std::function<bool(const Read&)> is_realigned{}; ///< for which reads, where there is a reference
};

} // namespace swather
