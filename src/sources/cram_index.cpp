// SPDX-License-Identifier: MIT
#include "sources/cram_index.hpp"

#include "sources/hts.hpp"
#include "sources/reads_errors.hpp"

#include <htslib/kstring.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace swather {

namespace {

constexpr Index furthest = Index{1} << 40; // far behind what a CRAM can have

/// The numbers of a line, which has as many, with tabs between them.
template <std::size_t N>
bool parse(std::string_view line, std::array<Index, N>& numbers)
{
    const char* place = line.data();
    const char* const end = place + line.size();
    for (std::size_t i = 0; i < N; ++i) {
        if (i > 0 && (place == end || *place++ != '\t')) return false;
        const auto [behind, failure] = std::from_chars(place, end, numbers[i]);
        if (failure != std::errc()) return false;
        place = behind;
    }
    return place == end;
}

} // namespace

CramIndex::CramIndex(const std::string& path, const std::string& cram, Index contigs, std::uint64_t cram_size)
    : cram_size_(cram_size)
{
    const auto damaged = [&] {
        return Error(Exit::bad_data, "'{}' is not an index of a CRAM, or damaged", path)
            .remedy("make it again: samtools index '{}'", cram);
    };
    const HtsBgzf file(bgzf_open(path.c_str(), "r"));
    if (!file) throw damaged();
    kstring_t line = KS_INITIALIZE;
    const std::unique_ptr<kstring_t, Closer<ks_free>> owner(&line);
    int result = 0;
    while ((result = bgzf_getline(file.get(), '\n', &line)) >= 0) {
        // contig, first position (from 1 on), positions, byte of the container, place and size of the slice
        std::array<Index, 6> numbers{};
        if (!parse({line.s, line.l}, numbers)) throw damaged();
        const auto [contig, first, span, container, place, size] = numbers;
        if (contig < -1 || first < 0 || first > furthest || span < 0 || span > furthest || container < 0)
            throw damaged();
        if (contig >= contigs)
            throw foreign_index(path, cram, fmt::format("it knows contig {} of {}", contig + 1, contigs));
        if (static_cast<std::uint64_t>(container) >= cram_size)
            throw points_beyond(path, cram, static_cast<std::uint64_t>(container), cram_size);
        if (!containers_.empty() && static_cast<std::uint64_t>(container) < containers_.back())
            throw damaged();
        append({.contig = contig, .start = first - 1, .end = first - 1 + span},
               static_cast<std::uint64_t>(container));
    }
    if (result < -1) throw damaged();
    const auto is_later = [](const Slice& a, const Slice& b) {
        return std::pair(a.contig, a.start) > std::pair(b.contig, b.start);
    };
    if (std::ranges::adjacent_find(slices_, is_later) != slices_.end()) throw damaged();
}

void CramIndex::append(Slice slice, std::uint64_t container)
{
    if (containers_.empty() || containers_.back() != container) {
        containers_.push_back(container);
        first_contigs_.push_back(slice.contig);
    }
    if (slice.contig < 0) return;
    slice.container = containers_.size() - 1;
    slice.reach = slice.end;
    if (!slices_.empty() && slices_.back().contig == slice.contig)
        slice.reach = std::max(slice.reach, slices_.back().reach);
    slices_.push_back(slice);
}

void CramIndex::append_ranges(Index contig, Index start, Index end, std::vector<BgzfRange>& ranges) const
{
    const auto of_contig = std::ranges::equal_range(slices_, contig, {}, &Slice::contig);
    auto slice = std::ranges::upper_bound(of_contig, start, {}, &Slice::reach);
    for (; slice != of_contig.end() && slice->start < end; ++slice) {
        if (slice->end <= start) continue;
        const std::size_t next = slice->container + 1;
        const std::uint64_t behind = next < containers_.size() ? containers_[next] : cram_size_;
        ranges.push_back({.begin = containers_[slice->container] << 16,
                          .end = behind << 16,
                          .contig = first_contigs_[slice->container]});
    }
}

} // namespace swather
