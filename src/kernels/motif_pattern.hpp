// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// Some of the bases: bit 0 is A, 1 C, 2 G, 3 T.
using BaseSet = std::uint8_t;

/// A pattern in the letters of IUPAC (Cornish-Bowden 1985), and what its hits are called.
struct MotifPattern {
    static constexpr std::size_t longest = 64;

    std::string name;
    std::string letters; ///< large, with T for U

    friend bool operator==(const MotifPattern&, const MotifPattern&) = default;
};

/// Local. A pattern as it is given, of small letters too. `Exit::usage`: it has no letter, more than
/// `longest`, or one that is no code of IUPAC for bases.
MotifPattern make_motif(std::string name, std::string_view letters);
/// Local. The same of "IUPAC", which is its own name, or of "NAME=IUPAC".
MotifPattern parse_motif(std::string_view text);

/// Local. The bases that each letter of a pattern stands for.
std::vector<BaseSet> sets_of(const MotifPattern& pattern);
/// Local. The same on the other strand, read along the first.
std::vector<BaseSet> reverse_complement(const std::vector<BaseSet>& sets);

} // namespace swather
