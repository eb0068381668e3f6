// SPDX-License-Identifier: MIT
#include "sources/bed_regions.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/stop.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"
#include "sources/bam_header.hpp"
#include "sources/field_rows.hpp"
#include "sources/text_lines.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace swather {

namespace {

/// Finds contigs by name: a BED may name millions.
class ContigsByName {
public:
    explicit ContigsByName(const BamHeader& header)
        : header_(header)
        , order_(static_cast<std::size_t>(header.contigs()))
    {
        std::iota(order_.begin(), order_.end(), 0);
        std::stable_sort(order_.begin(), order_.end(),
                         [&](auto a, auto b) { return header.name(a) < header.name(b); });
    }

    /// The number of a contig; -1 where there is none of this name.
    std::int32_t operator()(std::string_view name)
    {
        if (last_ >= 0 && header_.name(last_) == name) return last_;
        const auto found = std::partition_point(order_.begin(), order_.end(),
                                                [&](auto contig) { return header_.name(contig) < name; });
        if (found == order_.end() || header_.name(*found) != name) return -1;
        return last_ = *found;
    }

private:
    const BamHeader& header_;
    std::vector<std::int32_t> order_;
    std::int32_t last_ = -1; ///< most lines are of the contig of the line before
};

bool says_nothing(std::string_view line)
{
    const auto begins_with = [&](std::string_view word) {
        return line.starts_with(word) &&
               (line.size() == word.size() || line[word.size()] == ' ' || line[word.size()] == '\t');
    };
    return line.starts_with('#') || begins_with("track") || begins_with("browser");
}

/// The fields of a line, four at most.
std::vector<std::string_view> fields_of(std::string_view line)
{
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    std::vector<std::string_view> fields;
    if (line.find('\t') == std::string_view::npos)
        fields = between_blanks(line);
    else
        while (fields.size() < 4) {
            const std::size_t end = std::min(line.find('\t'), line.size());
            fields.push_back(line.substr(0, end));
            if (end == line.size()) break;
            line.remove_prefix(end + 1);
        }
    fields.resize(std::min<std::size_t>(fields.size(), 4));
    return fields;
}

class BedReader {
public:
    BedReader(const std::string& path, const BamHeader& header, bool skip_unknown)
        : lines_(path)
        , header_(header)
        , contig_of_(header)
        , skip_unknown_(skip_unknown)
    {
        bed_.path = path;
    }

    Bed read() &&
    {
        while (lines_.next()) {
            if (lines_.number() % 4096 == 0) throw_if_stopped();
            if (!says_nothing(lines_.text())) take_line();
        }
        if (skipped_ > 0)
            spdlog::warn("'{}': {} on no contig of the BAM, left out (--skip-unknown)", bed_.path,
                         counted(skipped_, "region"));
        if (bed_.regions.empty())
            throw Error(Exit::bad_data, "'{}' has no regions{}", bed_.path,
                        skipped_ > 0 ? " on a contig of the BAM" : "")
                .remedy("a line for each was expected: contig, start (from 0), end, separated by tabs");
        std::sort(bed_.regions.begin(), bed_.regions.end());
        return std::move(bed_);
    }

private:
    template <class... Args>
    [[nodiscard]] Error wrong(fmt::format_string<Args...> finding, Args&&... args) const
    {
        return {Exit::bad_data, "'{}', line {}: {}", bed_.path, lines_.number(),
                fmt::format(finding, std::forward<Args>(args)...)};
    }

    [[nodiscard]] Index position(std::string_view field, const char* which) const
    {
        Index position = 0;
        const char* const end = field.data() + field.size();
        const auto [stop, failure] = std::from_chars(field.data(), end, position);
        if (failure != std::errc() || stop != end || position < 0)
            throw wrong("the {} '{}' is no position", which, printable(field))
                .remedy("starts and ends are whole numbers from 0 on");
        return position;
    }

    void take_line()
    {
        const auto fields = fields_of(lines_.text());
        if (fields.size() < 3)
            throw wrong("{}, of the three that are needed", counted(std::ssize(fields), "field"))
                .remedy("contig, start (from 0) and end, separated by tabs");
        const Index start = position(fields[1], "start");
        const Index end = position(fields[2], "end");
        if (start > end) throw wrong("the start {} lies behind the end {}", start, end);

        const std::int32_t contig = contig_of_(fields[0]);
        const Index length = contig < 0 ? 0 : header_.length(contig);
        const bool is_inside = contig >= 0 && end <= length && length > 0;
        if (!is_inside && skip_unknown_) {
            ++skipped_;
            return;
        }
        if (contig < 0)
            throw wrong("the BAM has no contig '{}'", printable(fields[0]))
                .remedy("its contigs are {}; --skip-unknown leaves such lines out", first_contigs(header_));
        if (!is_inside)
            throw wrong("{}-{} lies outside of '{}', which has {}", start, end, printable(fields[0]),
                        counted(length, "position"))
                .remedy("is the BED of the same reference? --skip-unknown leaves such lines out");

        bed_.regions.push_back({.place = contig,
                                .start = static_cast<std::int32_t>(start),
                                .end = static_cast<std::int32_t>(end),
                                .line = static_cast<std::uint32_t>(lines_.number())});
        if (fields.size() < 4 || fields[3].empty()) return;
        while (bed_.names.size() + 1 < lines_.number()) bed_.names.push_back("");
        bed_.names.push_back(fields[3]);
    }

    TextLines lines_;
    const BamHeader& header_;
    ContigsByName contig_of_;
    bool skip_unknown_;
    Index skipped_ = 0;
    Bed bed_;
};

} // namespace

Bed read_bed(const std::string& path, const BamHeader& header, bool skip_unknown)
{
    return BedReader(path, header, skip_unknown).read();
}

} // namespace swather
