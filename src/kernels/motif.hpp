// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/motif_trie.hpp"
#include "results/kernel.hpp"
#include "sources/sequence_view.hpp"

#include <memory>

namespace swather {

/// Which strands are searched; a pattern that reads the same on both is found once, on the forward one.
enum class MotifStrands { forward, reverse, both };

/// Every occurrence of patterns in sequences, those that overlap others too. A base that is not known matches
/// nothing, not even N.
class Motif {
public:
    static constexpr std::string_view name = "motif";
    static constexpr std::string_view title = "occurrences of patterns";
    using View = SequenceView;
    using Outputs = std::tuple<RowsOutput, std::vector<KeyedOutput>>;
    using Results = ResultsOf<Outputs>;

    Motif(std::vector<MotifPattern> patterns, MotifStrands strands);

    /// Local. A hit belongs to the block where it begins.
    [[nodiscard]] Index halo() const { return halo_; }
    [[nodiscard]] Outputs outputs() const;
    /// Local. The patterns.
    [[nodiscard]] Supplement supplement(const std::string& group) const;
    /// Local. The hits of a block by contig and start, those of one start by pattern, then by strand.
    Results operator()(SequenceView view) const;

private:
    std::shared_ptr<const std::vector<MotifPattern>> patterns_; ///< the reducer has them too
    MotifTrie trie_;
    Index halo_ = 0;
    double hits_of_a_base_ = 0; ///< expected of random bases
};

} // namespace swather
