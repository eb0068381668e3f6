// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "kernels/count_rules.hpp"

#include <algorithm>

namespace swather {

namespace detail {

/// Calls `run` with each stretch of cells whose bases have the quality.
template <class Run>
void for_good_bases(Index cell, std::span<const std::uint8_t> qualities, int min_baseq, const Run& run)
{
    const auto good = [&](std::uint8_t quality) { return quality >= min_baseq; };
    for (auto base = qualities.begin(); base != qualities.end();) {
        const auto first = std::find_if(base, qualities.end(), good);
        base = std::find_if_not(first, qualities.end(), good);
        if (first != base) run(Box{cell + (first - qualities.begin()), cell + (base - qualities.begin())});
    }
}

} // namespace detail

/// Local. Calls `run` with each stretch of cells on which a read counts, in their order; two of them may
/// touch. A CIGAR operation that SAM does not define is `Exit::bad_data`.
template <class Run>
void for_counted_runs(const Read& read, const CountRules& rules, const Run& run)
{
    if (rules.spans) return run(Box{read.start, read.end});
    const auto qualities = rules.min_baseq > 0 ? read.qualities : std::span<const std::uint8_t>();
    const bool judge_bases = !qualities.empty();
    const bool judge_absent = rules.min_baseq > 0 && !rules.absent_bases;
    if (judge_absent && read.base_count == 0) return;
    Index cell = read.start;
    std::size_t base = 0;
    for (const Cigar& part : read.cigar) {
        const Index length = part.length();
        const auto gap = [&](bool counts) {
            // The quality of a gap is that of the base behind it, as samtools depth -J and mpileup have it.
            const bool is_absent = base >= static_cast<std::size_t>(read.base_count);
            if (counts && (is_absent ? !judge_absent : !judge_bases || qualities[base] >= rules.min_baseq))
                run(Box{cell, cell + length});
            cell += length;
        };
        switch (part.operation()) {
        case CigarOperation::match:
        case CigarOperation::equal:
        case CigarOperation::difference:
            if (judge_bases) {
                const auto rest = qualities.subspan(std::min(base, qualities.size()));
                const auto count = std::min(rest.size(), static_cast<std::size_t>(length));
                detail::for_good_bases(cell, rest.first(count), rules.min_baseq, run);
            } else {
                run(Box{cell, cell + length});
            }
            cell += length;
            base += static_cast<std::size_t>(length);
            break;
        case CigarOperation::deletion:
            gap(rules.deletions);
            break;
        case CigarOperation::skip:
            gap(rules.skips);
            break;
        case CigarOperation::insertion:
        case CigarOperation::soft_clip:
            base += static_cast<std::size_t>(length);
            break;
        case CigarOperation::hard_clip:
        case CigarOperation::padding:
            break;
        default:
            throw Error(Exit::bad_data, "a read has CIGAR operation {}, which SAM does not define",
                        static_cast<int>(part.operation()));
        }
    }
}

} // namespace swather
