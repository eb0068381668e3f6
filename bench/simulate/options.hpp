// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>
#include <htslib/hts.h>

#include <algorithm>
#include <cstdint>
#include <istream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace simulate {

// The next two structs must not begin with a string: CLI11 would make them of the text without operator>>.

struct Contig {
    hts_pos_t length;
    std::string name, bases;
};

/// So many pairs start in [start, end) that they alone give about this depth.
struct Hotspot {
    hts_pos_t start, end;
    double depth;
    std::string contig;
};

/// NAME:LENGTH
inline std::istream& operator>>(std::istream& in, Contig& contig)
{
    return std::getline(in, contig.name, ':') >> contig.length;
}

/// NAME:START-END:DEPTH
inline std::istream& operator>>(std::istream& in, Hotspot& hotspot)
{
    char dash = 0, colon = 0;
    std::getline(in, hotspot.contig, ':') >> hotspot.start >> dash >> hotspot.end >> colon >> hotspot.depth;
    if (dash != '-' || colon != ':') in.setstate(std::ios::failbit);
    return in;
}

struct Options {
    std::string prefix;
    std::vector<Contig> contigs;
    std::pair<int, hts_pos_t> many_contigs; ///< their number and their length
    std::vector<Hotspot> hotspots;
    double coverage = 30, insert_mean = 350, insert_sd = 80;
    int read_length = 150, level = 6, threads = 1;
    uint64_t seed = 1;
    bool binned_qualities = false;
};

inline void require(bool ok, const std::string& complaint)
{
    if (!ok) throw std::runtime_error(complaint);
}

/// Throws where the options cannot be met.
inline void check(const Options& options)
{
    constexpr hts_pos_t longest = hts_pos_t{1} << 29; // that BAI can index
    require(!options.contigs.empty(), "no contigs: give --contigs or --many-contigs");
    for (const Contig& contig : options.contigs) {
        require(contig.length > 0 && contig.length <= longest,
                fmt::format("the length of contig '{}' is not within 1 and {}", contig.name, longest));
    }
    for (const Hotspot& hotspot : options.hotspots) {
        const auto contig = std::ranges::find(options.contigs, hotspot.contig, &Contig::name);
        require(contig != options.contigs.end() && 0 <= hotspot.start && hotspot.end <= contig->length,
                fmt::format("the hotspot on '{}' is not within a contig", hotspot.contig));
    }
}

} // namespace simulate
