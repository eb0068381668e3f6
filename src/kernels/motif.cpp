// SPDX-License-Identifier: MIT
#include "kernels/motif.hpp"

#include "kernels/motif_counts.hpp"
#include "kernels/motif_rows.hpp"
#include "kernels/motif_scan.hpp"

#include <algorithm>
#include <bit>

namespace swather {

namespace {

// Their planes, of a few sets of bases, stay in the first cache.
constexpr Index starts_at_once = 16'384;

double expected_hits(const std::vector<BaseSet>& sets)
{
    double hits = 1;
    for (const BaseSet set : sets) hits *= std::popcount(set) / 4.0;
    return hits;
}

} // namespace

Motif::Motif(std::vector<MotifPattern> patterns, MotifStrands strands)
    : patterns_(std::make_shared<std::vector<MotifPattern>>(std::move(patterns)))
{
    std::vector<MotifStrand> wanted;
    for (std::uint32_t number = 0; number < patterns_->size(); ++number) {
        const std::vector<BaseSet> sets = sets_of((*patterns_)[number]);
        const std::vector<BaseSet> reverse = reverse_complement(sets);
        const bool is_palindrome = reverse == sets;
        if (strands != MotifStrands::reverse || is_palindrome) wanted.push_back({forward_of(number), sets});
        if (strands != MotifStrands::forward && !is_palindrome)
            wanted.push_back({reverse_of(number), reverse});
        halo_ = std::max(halo_, std::ssize(sets) - 1);
    }
    for (const MotifStrand& strand : wanted) hits_of_a_base_ += expected_hits(strand.sets);
    trie_ = MotifTrie::of(std::move(wanted));
}

Motif::Outputs Motif::outputs() const
{
    constexpr double bytes_of_a_hit = 3;
    RowsOutput hits{.group = "/motif",
                    .dimension = "hit",
                    .columns = [](const auto&) { return MotifRows::columns(); },
                    .unpack =
                        [patterns = patterns_](std::string_view packed, std::vector<Cells>& cells) {
                            MotifRows::unpack(packed, *patterns, cells);
                        },
                    .bytes_per_element = bytes_of_a_hit * hits_of_a_base_};
    KeyedOutput counts{.group = "/summary",
                       .dimension = "sequence",
                       .summary = "",
                       .reducer = std::make_shared<MotifCountReducer>(patterns_)};
    return {std::move(hits), {std::move(counts)}};
}

Supplement Motif::supplement(const std::string& group) const
{
    Texts names;
    Texts letters;
    for (const MotifPattern& pattern : *patterns_) {
        names.push_back(pattern.name);
        letters.push_back(pattern.letters);
    }
    Table table{
        .group = group + "/patterns", .dimension = "number", .rows = std::ssize(*patterns_), .columns = {}};
    table.columns.push_back({"name", std::move(names), "what its hits are called", ""});
    table.columns.push_back({"letters", std::move(letters), "the pattern in the letters of IUPAC", ""});
    Supplement supplement;
    supplement.tables.push_back(std::move(table));
    return supplement;
}

Motif::Results Motif::operator()(SequenceView view) const
{
    MotifScan scan(trie_);
    MotifRows rows;
    MotifCounts counts(patterns_->size());
    std::vector<MotifHit> hits;
    while (const auto stretch = view.next()) {
        counts.begin(stretch->contig, stretch->contig_name, stretch->contig_length);
        for (Index begin = 0; begin < stretch->owned; begin += starts_at_once) {
            const Index starts = std::min(starts_at_once, stretch->owned - begin);
            hits.clear();
            scan(stretch->bases.substr(static_cast<std::size_t>(begin),
                                       static_cast<std::size_t>(starts + halo_)),
                 static_cast<std::size_t>(starts), hits);
            for (const MotifHit& hit : hits) {
                rows.append(stretch->contig_name, stretch->start + begin + hit.start, hit.strand);
                counts.add(pattern_of(hit.strand));
            }
        }
    }
    return {std::move(rows).result(), {std::move(counts).result()}};
}

} // namespace swather
