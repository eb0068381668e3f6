// SPDX-License-Identifier: MIT
#pragma once

#include "sources/reads_view.hpp"

#include <functional>
#include <string>

namespace swather {

/// What is wanted of reads beside what always comes.
struct ReadOptions {
    Index margin = 0;         ///< positions before and behind a piece whose reads come too
    bool names = false;       ///< names, where mates begin, and lengths of templates
    bool read_groups = false; ///< read groups
    bool qualities = false;   ///< qualities of bases, which a BAM has at hand
    bool bases = false;       ///< bases, and what else mates are compared by; needs names
    std::string reference{};  ///< FASTA that the reads were aligned to; empty: none is known
    /// For which reads the qualities of bases are lowered by the reference, as samtools mpileup -f does it
    /// (BAQ); empty: for none.
    std::function<bool(const Read&)> is_realigned{};
};

} // namespace swather
