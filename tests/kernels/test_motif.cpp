// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "kernels/motif.hpp"
#include "kernels/motif_rows.hpp"
#include "kernels/motif_scan.hpp"

#include <gtest/gtest.h>

#include <random>
#include <tuple>

using namespace swather;

namespace {

/// The base that a letter is, as a set; none of a letter that is no base.
BaseSet base_of(char letter)
{
    switch (letter) {
    case 'A':
    case 'a':
        return 1;
    case 'C':
    case 'c':
        return 2;
    case 'G':
    case 'g':
        return 4;
    case 'T':
    case 't':
    case 'U':
    case 'u':
        return 8;
    default:
        return 0;
    }
}

bool matches(std::string_view bases, std::size_t start, const std::vector<BaseSet>& sets)
{
    if (start + sets.size() > bases.size()) return false;
    for (std::size_t i = 0; i < sets.size(); ++i)
        if ((base_of(bases[start + i]) & sets[i]) == 0) return false;
    return true;
}

/// All hits, one comparison after the other; `strands` in the order of their numbers.
std::vector<MotifHit> compared(std::string_view bases, std::size_t starts,
                               const std::vector<MotifStrand>& strands)
{
    std::vector<MotifHit> hits;
    for (std::size_t start = 0; start < std::min(starts, bases.size()); ++start)
        for (const MotifStrand& strand : strands)
            if (matches(bases, start, strand.sets))
                hits.push_back({static_cast<std::uint32_t>(start), strand.number});
    return hits;
}

std::vector<MotifHit> scanned(std::string_view bases, std::size_t starts,
                              const std::vector<MotifStrand>& strands)
{
    const MotifTrie trie = MotifTrie::of(strands);
    std::vector<MotifHit> hits;
    MotifScan scan(trie);
    scan(bases, starts, hits);
    return hits;
}

using Hit = std::tuple<std::string, Index, char, std::string>;

/// The hits of stretches that a kernel is shown.
std::vector<Hit> hits_of(const std::vector<SequenceStretch>& stretches, std::vector<MotifPattern> patterns,
                         MotifStrands strands)
{
    const Motif kernel(patterns, strands);
    std::size_t next = 0;
    const auto [rows, counts] = kernel(SequenceView([&]() -> std::optional<SequenceStretch> {
        return next < stretches.size() ? std::optional(stretches[next++]) : std::nullopt;
    }));
    std::vector<Cells> cells = no_cells(MotifRows::columns());
    Index count = 0;
    for (const Rows::Batch& batch : rows.batches) {
        MotifRows::unpack(batch.packed, patterns, cells);
        count += batch.rows;
    }
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < std::get<Texts>(cells[0]).size(); ++i)
        hits.emplace_back(std::get<Texts>(cells[0])[i], std::get<std::vector<Index>>(cells[1])[i],
                          std::get<std::vector<char>>(cells[2])[i], std::get<Texts>(cells[3])[i]);
    EXPECT_EQ(std::ssize(hits), count);
    return hits;
}

} // namespace

TEST(MotifPattern, LettersAreSetsOfBases)
{
    const MotifPattern all = make_motif("all", "acgtuRYSWKMBDHVN");
    EXPECT_EQ(all.letters, "ACGTTRYSWKMBDHVN");
    // A 1, C 2, G 4, T 8: the sets of Cornish-Bowden, Nucleic Acids Research 13, 1985, table 1.
    EXPECT_EQ(sets_of(all), (std::vector<BaseSet>{1, 2, 4, 8, 8, 5, 10, 6, 9, 12, 3, 14, 13, 11, 7, 15}));
}

TEST(MotifPattern, ReverseComplement)
{
    const auto complement_of = [](const char* letters) {
        return reverse_complement(sets_of(make_motif("x", letters)));
    };
    const auto sets = [](const char* letters) { return sets_of(make_motif("x", letters)); };
    EXPECT_EQ(complement_of("AACGT"), sets("ACGTT"));
    EXPECT_EQ(complement_of("RKBV"), sets("BVMY"));
    EXPECT_EQ(complement_of("MDHSWN"), sets("NWSDHK"));
    EXPECT_EQ(complement_of("GAATTC"), sets("GAATTC"));
}

TEST(MotifPattern, ParsesNamesAndRefusesTheRest)
{
    EXPECT_EQ(parse_motif("EcoRI=gaattc"), (MotifPattern{"EcoRI", "GAATTC"}));
    EXPECT_EQ(parse_motif("gaattc"), (MotifPattern{"gaattc", "GAATTC"}));
    EXPECT_EQ(parse_motif(std::string(64, 'N')).letters.size(), 64u);
    for (const char* text : {"", "a=", "=A", "AXC", "A C", "A=C=G"})
        EXPECT_THROW(parse_motif(text), Error) << text;
    EXPECT_THROW(parse_motif(std::string(65, 'N')), Error);
}

TEST(MotifTrie, SharesBeginnings)
{
    const MotifTrie trie =
        MotifTrie::of({{0, {1, 2, 4}}, {1, {1, 2}}, {2, {1, 2, 8}}, {3, {1, 2}}, {4, {2}}});
    // A, then C, then G or T; C.
    ASSERT_EQ(trie.nodes.size(), 5u);
    EXPECT_EQ(trie.numbers, 5u);
    const std::vector<std::uint32_t> behind{4, 4, 3, 4, 5};
    const std::vector<std::uint32_t> ends{0, 2, 1, 1, 1};
    for (std::size_t i = 0; i < behind.size(); ++i) {
        EXPECT_EQ(trie.nodes[i].behind, behind[i]) << i;
        EXPECT_EQ(trie.nodes[i].ends, ends[i]) << i;
    }
}

TEST(MotifScan, RandomPatternsInRandomBases)
{
    std::mt19937 random(1);
    for (int i = 0; i < 300; ++i) {
        // Few letters, so that there are hits, and overlaps.
        const std::string_view alphabet = i % 3 == 0 ? "AC" : i % 3 == 1 ? "ACGTacgtNU-x" : "AAAAAAAAAN";
        std::string bases;
        for (std::size_t left = random() % 2'000; left > 0; --left)
            bases += alphabet[random() % alphabet.size()];
        std::vector<MotifStrand> strands(1 + random() % 12);
        for (std::size_t number = 0; number < strands.size(); ++number) {
            strands[number].number = static_cast<std::uint32_t>(number);
            const std::size_t length = 1 + random() % (random() % 4 == 0 ? 64 : 6);
            for (std::size_t base = 0; base < length; ++base) {
                // Mostly sets that A and C are in.
                const auto set = static_cast<BaseSet>(1 + random() % 15);
                strands[number].sets.push_back(random() % 3 == 0 ? set : static_cast<BaseSet>(set | 3));
            }
        }
        const std::size_t starts = random() % 5 == 0 ? random() % (bases.size() + 10) : bases.size();
        EXPECT_EQ(scanned(bases, starts, strands), compared(bases, starts, strands)) << i;
    }
}

TEST(MotifScan, HitsOnAllEdgesOfWords)
{
    for (std::size_t start = 0; start < 1'200; ++start) {
        std::string bases(start, 'A');
        bases += "GAATTC";
        const std::vector<MotifStrand> strands{{0, sets_of(make_motif("x", "GAATTC"))}};
        EXPECT_EQ(scanned(bases, bases.size(), strands),
                  (std::vector<MotifHit>{{static_cast<std::uint32_t>(start), 0}}));
        bases.back() = 'N';
        EXPECT_TRUE(scanned(bases, bases.size(), strands).empty());
    }
}

TEST(Motif, OrdersHitsByStartThenPatternThenStrand)
{
    // ACGT is its own reverse complement; the reverse of AC is GT, of CG is CG.
    const std::vector<MotifPattern> patterns{
        {"AC", "AC"}, {"palindrome", "ACGT"}, {"any", "N"}, {"CG", "CG"}};
    const std::vector<SequenceStretch> stretches{
        {.contig = 0, .contig_name = "a", .contig_length = 104, .start = 100, .bases = "ACGT", .owned = 3}};
    EXPECT_EQ(hits_of(stretches, patterns, MotifStrands::both),
              (std::vector<Hit>{{"a", 100, '+', "AC"},
                                {"a", 100, '+', "palindrome"},
                                {"a", 100, '+', "any"},
                                {"a", 101, '+', "any"},
                                {"a", 101, '+', "CG"},
                                {"a", 102, '-', "AC"},
                                {"a", 102, '+', "any"}}));
    EXPECT_EQ(hits_of(stretches, {{"AC", "AC"}}, MotifStrands::forward),
              (std::vector<Hit>{{"a", 100, '+', "AC"}}));
    EXPECT_EQ(hits_of(stretches, {{"AC", "AC"}}, MotifStrands::reverse),
              (std::vector<Hit>{{"a", 102, '-', "AC"}}));
}

TEST(Motif, ManyHitsOnSeveralContigs)
{
    // More than a batch, and than what is scanned at once.
    const std::string bases(50'000, 'A');
    const std::vector<SequenceStretch> stretches{
        {.contig = 3,
         .contig_name = "a",
         .contig_length = 60'000,
         .start = 10'000,
         .bases = bases,
         .owned = 50'000},
        {.contig = 4, .contig_name = "b", .contig_length = 1, .start = 0, .bases = "T", .owned = 1}};
    const auto hits = hits_of(stretches, {{"x", "A"}}, MotifStrands::both);
    ASSERT_EQ(hits.size(), 50'001u);
    for (std::size_t i = 0; i < bases.size(); ++i)
        ASSERT_EQ(hits[i], Hit("a", 10'000 + static_cast<Index>(i), '+', "x"));
    EXPECT_EQ(hits.back(), Hit("b", 0, '-', "x"));
}

TEST(Motif, HaloIsTheLongestPatternButOne)
{
    EXPECT_EQ(Motif({{"a", "A"}}, MotifStrands::both).halo(), 0);
    EXPECT_EQ(Motif({{"a", "A"}, {"b", "ACGTA"}}, MotifStrands::both).halo(), 4);
}
