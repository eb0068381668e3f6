// SPDX-License-Identifier: MIT
#include "sources/mosdepth_quantize.hpp"

#include "base/error.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <limits>

namespace swather::mosdepth {

namespace {

constexpr Index infinite = std::numeric_limits<Index>::max();

} // namespace

/// get_quantize_args() and make_lookup() of mosdepth.nim.
Quantize::Quantize(std::string_view option, std::string_view text)
{
    std::string borders(text);
    if (borders.find(':') == borders.npos) borders = ":" + borders + ":";
    if (borders.front() == ':') borders = "0" + borders;
    if (borders.back() == ':') borders += std::to_string(infinite);
    for (std::size_t begin = 0; begin <= borders.size();) {
        const std::size_t end = std::min(borders.find(':', begin), borders.size());
        const Number border = parse_number(std::string_view(borders).substr(begin, end - begin));
        if (border.kind != Number::Kind::integer || border.integer < 0)
            throw Error(Exit::usage, "{} '{}' are no classes of depth", option, text)
                .remedy("give their borders, as 0:1:4:100:");
        borders_.push_back(border.integer);
        begin = end + 1;
    }
    std::sort(borders_.begin(), borders_.end());
    for (std::size_t i = 0; i + 1 < borders_.size(); ++i) {
        const Index last = borders_[i + 1];
        labels_.push_back(fmt::format("{}:{}", borders_[i], last == infinite ? "inf" : std::to_string(last)));
    }
}

void QuantizedRuns::begin(Index length)
{
    length_ = length;
    start_ = 0;
    class_.reset();
}

/// linear_search() of mosdepth.nim: of borders that are equal it takes the first.
std::optional<std::size_t> Quantize::of(std::int32_t depth) const
{
    if (depth < borders_.front() || depth > borders_.back()) return std::nullopt;
    const auto found = std::lower_bound(borders_.begin(), borders_.end(), Index{depth});
    const auto number = static_cast<std::size_t>(found - borders_.begin()) - (*found == depth ? 0 : 1);
    if (number >= labels_.size()) return std::nullopt;
    return number;
}

std::optional<std::string> Quantize::label_without_reads() const
{
    if (borders_.front() != 0) return std::nullopt;
    return labels_.front();
}

} // namespace swather::mosdepth
