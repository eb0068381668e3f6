// SPDX-License-Identifier: MIT
#include "kernels/motif_scan.hpp"

#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/motif_scan.cpp"
// There are no arrays of vectors whose size is not known before the program runs.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#include <hwy/foreach_target.h>
// Behind foreach_target.h, which includes this file again for each instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace swather::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t bits_of_word = 64;
using LetterTag = hn::CappedTag<std::uint8_t, bits_of_word>;
using WordTag = hn::CappedTag<std::uint64_t, 8>;
using Words = hn::Vec<WordTag>;

HWY_INLINE Words load(const std::uint64_t* from) { return hn::LoadU(WordTag(), from); }

// A letter is a base where the classes of its two halves have a bit in common: bit 0 of A, C and G, bit 1 of
// T and U.
alignas(16) constexpr std::array<std::uint8_t, 16> of_high{0, 0, 0, 0, 1, 2, 1, 2};
alignas(16) constexpr std::array<std::uint8_t, 16> of_low{0, 1, 0, 1, 2, 2, 0, 1};

/// Bits of 64 letters. Of A, C, G, T and U, bits 1 and 2 are 0, 1, 3, 2 and 2.
HWY_INLINE void pack(const std::uint8_t* letters, std::uint64_t& low, std::uint64_t& high,
                     std::uint64_t& known)
{
    const LetterTag tag;
    const auto classes_of_high = hn::LoadDup128(tag, of_high.data());
    const auto classes_of_low = hn::LoadDup128(tag, of_low.data());
    const auto store = [&](auto mask, std::uint64_t& word, std::size_t at) {
        hn::StoreMaskBits(tag, mask, reinterpret_cast<std::uint8_t*>(&word) + at / 8);
    };
    for (std::size_t i = 0; i < bits_of_word; i += hn::Lanes(tag)) {
        const auto bytes = hn::LoadU(tag, letters + i);
        const auto classes =
            hn::And(hn::TableLookupBytes(classes_of_high, hn::ShiftRight<4>(bytes)),
                    hn::TableLookupBytes(classes_of_low, hn::And(bytes, hn::Set(tag, std::uint8_t{0xf}))));
        store(hn::TestBit(bytes, hn::Set(tag, std::uint8_t{2})), low, i);
        store(hn::TestBit(bytes, hn::Set(tag, std::uint8_t{4})), high, i);
        store(hn::Ne(classes, hn::Zero(tag)), known, i);
    }
}

/// The planes of all sets that are used, and of each base; behind the bases there is none.
void make_planes(std::string_view bases, std::size_t words, const std::array<bool, 16>& is_used,
                 MotifScan::Planes& planes)
{
    auto& known = planes.of_set[15];
    const auto* letters = reinterpret_cast<const std::uint8_t*>(bases.data());
    std::size_t word = 0;
    for (; (word + 1) * bits_of_word <= bases.size(); ++word)
        pack(letters + word * bits_of_word, planes.low[word], planes.high[word], known[word]);
    for (; word < words; ++word) {
        std::array<std::uint8_t, bits_of_word> rest{}; // 0 is no letter
        const std::size_t begin = std::min(word * bits_of_word, bases.size());
        std::copy(letters + begin, letters + bases.size(), rest.begin());
        pack(rest.data(), planes.low[word], planes.high[word], known[word]);
    }

    const std::size_t lanes = hn::Lanes(WordTag());
    for (std::size_t w = 0; w < words; w += lanes) {
        const Words low = load(&planes.low[w]);
        const Words high = load(&planes.high[w]);
        const Words base = load(&known[w]);
        const std::array<Words, 4> of_base{
            hn::AndNot(hn::Or(low, high), base), hn::And(hn::AndNot(high, low), base),
            hn::And(hn::And(low, high), base), hn::And(hn::AndNot(low, high), base)};
        for (std::size_t set = 1; set < 15; ++set) {
            if (!is_used[set]) continue;
            Words any = hn::Zero(WordTag());
            for (std::size_t i = 0; i < of_base.size(); ++i)
                if ((set >> i & 1) != 0) any = hn::Or(any, of_base[i]);
            hn::StoreU(any, WordTag(), &planes.of_set[set][w]);
        }
    }
}

/// Finds where patterns begin among the bases of the words from `word` on; into `found`.
void find_beginnings(const MotifTrie& trie, std::size_t word, MotifScan::Planes& planes)
{
    const WordTag tag;
    const std::size_t lanes = hn::Lanes(tag);
    Words alive[MotifPattern::longest]; // the beginnings of the patterns up to each depth
    planes.numbers.clear();
    for (std::size_t number = 0; number < trie.nodes.size();) {
        const MotifTrie::Node& node = trie.nodes[number];
        const std::uint64_t* plane = &planes.of_set[node.set][word];
        Words begin = load(plane);
        if (node.depth > 0) {
            const int shift = node.depth;
            begin = hn::Or(hn::ShiftRightSame(begin, shift),
                           hn::ShiftLeftSame(load(plane + 1), static_cast<int>(bits_of_word) - shift));
            begin = hn::And(begin, alive[node.depth - 1]);
        }
        if (hn::AllTrue(tag, hn::Eq(begin, hn::Zero(tag)))) {
            number = node.behind;
            continue;
        }
        alive[node.depth] = begin;
        for (std::uint32_t i = 0; i < node.ends; ++i) {
            const std::uint32_t found = trie.ends[node.first_end + i];
            hn::StoreU(begin, tag, &planes.found[found * lanes]);
            planes.numbers.push_back(found);
        }
        ++number;
    }
}

void scan(const MotifTrie& trie, std::string_view bases, std::size_t starts,
          const std::array<bool, 16>& is_used, MotifScan::Planes& planes, std::vector<MotifHit>& hits)
{
    // Whole vectors, and behind them a word that is shifted in.
    const std::size_t lanes = hn::Lanes(WordTag());
    const std::size_t words = (starts / bits_of_word / lanes + 2) * lanes;
    for (auto* plane : {&planes.low, &planes.high, &planes.of_set[15]}) plane->resize(words);
    for (std::size_t set = 1; set < 15; ++set)
        if (is_used[set]) planes.of_set[set].resize(words);
    planes.found.resize(std::size_t{trie.numbers} * lanes);
    make_planes(bases.substr(0, words * bits_of_word), words, is_used, planes);

    for (std::size_t word = 0; word * bits_of_word < starts; word += lanes) {
        find_beginnings(trie, word, planes);
        if (planes.numbers.empty()) continue;
        std::ranges::sort(planes.numbers);
        for (std::size_t lane = 0; lane < lanes && (word + lane) * bits_of_word < starts; ++lane) {
            const std::size_t first = (word + lane) * bits_of_word;
            std::uint64_t any = 0;
            for (const std::uint32_t number : planes.numbers) any |= planes.found[number * lanes + lane];
            if (starts - first < bits_of_word) any &= (std::uint64_t{1} << (starts - first)) - 1;
            for (; any != 0; any &= any - 1) {
                const int bit = std::countr_zero(any);
                for (const std::uint32_t number : planes.numbers)
                    if ((planes.found[number * lanes + lane] >> bit & 1) != 0)
                        hits.push_back(
                            {static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(bit), number});
            }
        }
    }
}

} // namespace swather::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace swather {

HWY_EXPORT(scan);

MotifScan::MotifScan(const MotifTrie& trie)
    : trie_(trie)
{
    for (const MotifTrie::Node& node : trie.nodes) is_used_[node.set] = true;
}

void MotifScan::operator()(std::string_view bases, std::size_t starts, std::vector<MotifHit>& hits)
{
    HWY_DYNAMIC_DISPATCH(scan)(trie_, bases, std::min(starts, bases.size()), is_used_, planes_, hits);
}

} // namespace swather
#endif
