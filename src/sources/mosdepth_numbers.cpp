// SPDX-License-Identifier: MIT
#include "sources/mosdepth_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace swather::mosdepth {

namespace {

constexpr std::int32_t deepest = 400'000;         // MAX_COVERAGE
constexpr std::int32_t counts_as = deepest - 10;  // what is deeper
constexpr std::size_t deepest_without_gaps = 300; // beyond, depths that do not occur have no line
constexpr double smallest_part = 8e-5;

} // namespace

std::string two_decimals(double number) { return fmt::format("{:.2f}", number); }

Statistic Statistic::empty()
{
    Statistic none;
    none.min_ = no_depth;
    return none;
}

void Statistic::add(Index positions, std::int32_t depth)
{
    if (positions == 0) return;
    length_ += positions;
    bases_ += positions * depth;
    min_ = std::min(min_, static_cast<std::uint32_t>(depth));
    max_ = std::max(max_, static_cast<std::uint32_t>(depth));
}

void Statistic::merge(const Statistic& other)
{
    length_ += other.length_;
    bases_ += other.bases_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

std::string Statistic::header() { return "chrom\tlength\tbases\tmean\tmin\tmax\n"; }

std::string Statistic::line(std::string_view name) const
{
    const double mean = length_ > 0 ? static_cast<double>(bases_) / static_cast<double>(length_) : 0.0;
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", name, length_, bases_, two_decimals(mean),
                       min_ == no_depth ? 0 : min_, max_);
}

void Distribution::add(std::int32_t depth, Index positions)
{
    const auto place = static_cast<std::size_t>(depth > deepest ? counts_as : depth);
    if (place >= counts_.size()) counts_.resize(place + 1);
    counts_[place] += positions;
}

void Distribution::merge(const Distribution& other)
{
    if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
    for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::string Distribution::lines(std::string_view name) const
{
    std::string lines;
    const auto sum = static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), Index{0}));
    if (sum < 1) return lines;
    double part = 0;
    for (std::size_t depth = counts_.size(); depth-- > 0;) {
        if (depth > deepest_without_gaps && counts_[depth] == 0) continue;
        part += static_cast<double>(counts_[depth]) / sum;
        if (part < smallest_part) continue;
        fmt::format_to(std::back_inserter(lines), "{}\t{}\t{}\n", name, depth, two_decimals(part));
    }
    return lines;
}

} // namespace swather::mosdepth
