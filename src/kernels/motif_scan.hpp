// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/motif_trie.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace swather {

/// Where a pattern was found.
struct MotifHit {
    std::uint32_t start = 0;  ///< its first base
    std::uint32_t strand = 0; ///< its number

    friend bool operator==(const MotifHit&, const MotifHit&) = default;
};

/// Finds patterns in bases by bit planes: for each set of bases a bit string, in which a bit tells whether
/// the base there is one of them. A pattern begins where the planes of its sets, each shifted down by the
/// place of the set in the pattern, all have a bit; a vector of 64-bit words answers for hundreds of
/// beginnings at once. (Shift-And of Baeza-Yates and Gonnet, CACM 35, 1992, with the roles of text and
/// pattern exchanged.)
class MotifScan {
public:
    /// Local. The trie must live as long as this.
    explicit MotifScan(const MotifTrie& trie);

    /// Local. Appends all hits that begin at one of the first `starts` bases, by start, then by number.
    /// Letters other than A, C, G, T and U, large or small, match nothing.
    void operator()(std::string_view bases, std::size_t starts, std::vector<MotifHit>& hits);

    /// What a scan works on; kept from one to the next.
    struct Planes {
        std::vector<std::uint64_t> low, high;              ///< of the code (letter >> 1) & 3
        std::array<std::vector<std::uint64_t>, 16> of_set; ///< of those that are used
        std::vector<std::uint64_t> found;                  ///< a vector of beginnings for each number
        std::vector<std::uint32_t> numbers;                ///< that have any
    };

private:
    const MotifTrie& trie_;
    std::array<bool, 16> is_used_{}; ///< of each set
    Planes planes_;
};

} // namespace swather
