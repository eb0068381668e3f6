// SPDX-License-Identifier: MIT
#include "sources/fasta_index.hpp"

#include "base/error.hpp"
#include "base/number.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_set>

namespace swather {

namespace {

constexpr std::size_t fields_of_fasta = 5;

/// One line of the index.
class IndexLine {
public:
    IndexLine(std::string_view line, const std::string& path, Index number)
        : path_(path)
        , number_(number)
    {
        for (std::size_t begin = 0; begin <= line.size(); ++count_) {
            const std::size_t end = std::min(line.find('\t', begin), line.size());
            if (count_ < fields_.size()) fields_[count_] = line.substr(begin, end - begin);
            begin = end + 1;
        }
        if (count_ == fields_of_fasta + 1) throw wrong("is of a FASTQ, not of a FASTA");
        if (count_ != fields_of_fasta)
            throw wrong(fmt::format("has {} fields, not {}", count_, fields_of_fasta));
    }

    [[nodiscard]] FastaIndex::Contig contig() const
    {
        FastaIndex::Contig contig{
            .name = std::string(fields_[0]),
            .lines = {
                .length = number(1), .offset = number(2), .line_bases = number(3), .line_bytes = number(4)}};
        const FastaLines& lines = contig.lines;
        // No larger numbers, so that none of what is made of them overflows.
        constexpr Index most = std::numeric_limits<Index>::max() / 4;
        const bool has_lines =
            lines.length == 0 ||
            (lines.line_bases >= 1 && lines.line_bytes >= lines.line_bases && lines.line_bytes <= most &&
             (lines.length - 1) / lines.line_bases < most / lines.line_bytes);
        if (!has_lines || lines.offset > most) throw wrong("has no lines that could be");
        return contig;
    }

    [[nodiscard]] Error wrong(const std::string& finding) const
    {
        return Error(Exit::bad_data, "line {} of the index '{}' {}", with_commas(number_), path_, finding)
            .remedy("make it again: rm '{0}', and samtools faidx, or let swather make it", path_);
    }

private:
    [[nodiscard]] Index number(std::size_t field) const
    {
        const Number found = parse_number(fields_[field]);
        if (found.kind != Number::Kind::integer || found.integer < 0)
            throw wrong(fmt::format("has '{}' where a number must be", fields_[field]));
        return found.integer;
    }

    const std::string& path_;
    Index number_;
    std::array<std::string_view, fields_of_fasta> fields_;
    std::size_t count_ = 0;
};

} // namespace

FastaIndex parse_fasta_index(std::string_view text, const std::string& path)
{
    FastaIndex index;
    Index end = 0; // of the contigs so far
    for (Index number = 1; !text.empty(); ++number) {
        const std::size_t size = std::min(text.find('\n'), text.size());
        const IndexLine line(text.substr(0, size), path, number);
        text.remove_prefix(std::min(size + 1, text.size()));
        FastaIndex::Contig contig = line.contig();
        // A header of at least two bytes is before it.
        if (contig.lines.offset < end + 2)
            throw line.wrong(fmt::format("has '{}' before the end of what is listed above it", contig.name));
        end = contig.lines.end();
        index.contigs.push_back(std::move(contig));
    }
    std::unordered_set<std::string_view> names;
    for (std::size_t i = 0; i < index.contigs.size(); ++i)
        if (!names.insert(index.contigs[i].name).second)
            throw Error(Exit::bad_data, "the index '{}' lists the sequence '{}' twice", path,
                        index.contigs[i].name)
                .remedy("give each sequence a name of its own, and make the index again");
    return index;
}

} // namespace swather
