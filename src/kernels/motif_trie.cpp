// SPDX-License-Identifier: MIT
#include "kernels/motif_trie.hpp"

#include <algorithm>
#include <span>

namespace swather {

namespace {

/// Appends what is below a node at `depth - 1` that all `strands` share; they are in order.
void append_below(MotifTrie& trie, std::span<const MotifStrand> strands, std::size_t depth)
{
    while (!strands.empty() && strands.front().sets.size() == depth) // they end with the node above
        strands = strands.subspan(1);
    while (!strands.empty()) {
        const BaseSet set = strands.front().sets[depth];
        const auto other = std::ranges::find_if(
            strands, [&](const MotifStrand& strand) { return strand.sets[depth] != set; });
        const auto same = strands.first(static_cast<std::size_t>(other - strands.begin()));

        const std::size_t number = trie.nodes.size();
        MotifTrie::Node node{.set = set,
                             .depth = static_cast<std::uint8_t>(depth),
                             .first_end = static_cast<std::uint32_t>(trie.ends.size())};
        for (const MotifStrand& strand : same)
            if (strand.sets.size() == depth + 1) trie.ends.push_back(strand.number);
        node.ends = static_cast<std::uint32_t>(trie.ends.size()) - node.first_end;
        trie.nodes.push_back(node);
        append_below(trie, same, depth + 1);
        trie.nodes[number].behind = static_cast<std::uint32_t>(trie.nodes.size());
        strands = strands.subspan(same.size());
    }
}

} // namespace

MotifTrie MotifTrie::of(std::vector<MotifStrand> strands)
{
    std::ranges::sort(strands, {}, &MotifStrand::sets);
    MotifTrie trie;
    for (const MotifStrand& strand : strands) trie.numbers = std::max(trie.numbers, strand.number + 1);
    append_below(trie, strands, 0);
    return trie;
}

} // namespace swather
