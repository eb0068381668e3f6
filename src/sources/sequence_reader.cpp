// SPDX-License-Identifier: MIT
#include "sources/sequence_reader.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "sources/base_letters.hpp"

#include <algorithm>
#include <cstring>

namespace swather {

namespace {

// Both stay in the cache of one core.
constexpr std::size_t text_at_once = 128 << 10;
constexpr Index bases_at_once = 128 << 10;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

} // namespace

SequenceReader::SequenceReader(SequencePlace place, Index look_ahead)
    : place_(std::move(place))
    , look_ahead_(look_ahead)
    , file_(place_.path, place_.packing)
    , text_(text_at_once)
    , text_end_(place_.byte)
{
    file_.seek(place_.address);
}

std::optional<SequenceStretch> SequenceReader::next()
{
    bases_.erase(bases_.begin(), bases_.begin() + owned_);
    first_ += owned_;
    owned_ = 0;
    if (is_begun_ && first_ == piece().start + piece().owned) {
        is_begun_ = false;
        ++number_;
    }
    if (number_ == place_.pieces.size()) {
        if (place_.is_last) read_gap(nullptr);
        place_.is_last = false;
        return std::nullopt;
    }
    if (!is_begun_) begin_piece();

    const std::size_t before = bases_.size();
    read_bases(std::min(piece().end - position_, bases_at_once));
    check_letters(before);
    const Index seen = std::ssize(bases_) - (position_ < piece().end ? look_ahead_ : 0);
    owned_ = std::min(seen, piece().start + piece().owned - first_);
    return SequenceStretch{.contig = piece().contig,
                           .contig_name = piece().name,
                           .contig_length = piece().lines.length,
                           .start = first_,
                           .bases = {bases_.data(), bases_.size()},
                           .owned = owned_};
}

void SequenceReader::begin_piece()
{
    if (piece().start == 0) read_gap(&piece());
    bases_.clear();
    first_ = position_ = piece().start;
    is_begun_ = true;
}

/// Appends so many bases of the contig, with none of the ends of lines.
void SequenceReader::read_bases(Index count)
{
    const FastaLines& lines = piece().lines;
    std::size_t to = bases_.size();
    bases_.resize(to + static_cast<std::size_t>(count));
    Index left_of_line = lines.line_bases - position_ % lines.line_bases;
    while (count > 0) {
        if (!has_text()) throw not_as_indexed("it ends within a sequence");
        const auto there = static_cast<Index>(end_ - begin_);
        const auto taken = static_cast<std::size_t>(std::min({left_of_line, count, there}));
        std::memcpy(bases_.data() + to, text_.data() + begin_, taken);
        begin_ += taken;
        to += taken;
        count -= static_cast<Index>(taken);
        position_ += static_cast<Index>(taken);
        left_of_line -= static_cast<Index>(taken);
        if (left_of_line > 0 || position_ == lines.length) continue;
        read_line_end(lines);
        left_of_line = lines.line_bases;
    }
}

void SequenceReader::read_line_end(const FastaLines& lines)
{
    for (Index left = lines.line_bytes - lines.line_bases; left > 0; --left) {
        const char c = take();
        if (left == 1 ? c != '\n' : !is_blank(c))
            throw not_as_indexed(fmt::format("no line ends behind position {}", with_commas(position_)));
    }
}

/// Reads what is before the first base of a piece, or behind the last of the file: headers, of sequences
/// without a base too, which htslib does not list.
void SequenceReader::read_gap(const SequencePiece* next)
{
    const auto sequence = [&](const std::string& header) {
        return not_as_indexed(
            fmt::format("the sequence at byte {}{} is not in it", with_commas(byte() - 1),
                        header.empty() ? "" : " of '" + header + "', a name that may come twice,"));
    };
    std::string header;
    while (next ? byte() < next->lines.offset : has_text()) {
        const char c = take();
        if (is_blank(c)) continue;
        if (c != '>') throw sequence(header);
        header = read_header();
    }
    if (next && (byte() != next->lines.offset || header != next->name))
        throw not_as_indexed(
            fmt::format("'{}' has no header before byte {}", next->name, with_commas(next->lines.offset)));
}

/// The name in a header, whose > is read.
std::string SequenceReader::read_header()
{
    std::string name;
    char c = take();
    while (c != '\n' && is_blank(c)) c = take();
    for (; !is_blank(c); c = take()) name += c;
    while (c != '\n' && has_text()) c = take();
    return name;
}

/// Looks at the bases from `first` on.
void SequenceReader::check_letters(std::size_t first) const
{
    const std::string_view letters(bases_.data() + first, bases_.size() - first);
    const std::size_t foreign = first_foreign_letter(letters);
    if (foreign == letters.size()) return;
    const char letter = letters[foreign];
    const std::string place =
        fmt::format("{}:{}", piece().name, first_ + static_cast<Index>(first + foreign) + 1);
    constexpr std::string_view of_proteins = "EFIJLOPQZefijlopqz*";
    if (of_proteins.find(letter) != of_proteins.npos)
        throw Error(Exit::bad_data, "'{}' has the letter {} at {}, which is no base", place_.path, letter,
                    place)
            .remedy("sequences of nucleotides are searched; these look like amino acids");
    const auto code = static_cast<unsigned char>(letter);
    throw not_as_indexed(code > ' ' && code < 0x7f ? fmt::format("it has '{}' at {}", letter, place)
                                                   : fmt::format("it has byte {:#04x} at {}", code, place));
}

bool SequenceReader::fill()
{
    begin_ = 0;
    end_ = file_.read(text_);
    text_end_ += static_cast<Index>(end_);
    return end_ > 0;
}

char SequenceReader::take()
{
    if (!has_text()) throw not_as_indexed("it ends within a sequence");
    return text_[begin_++];
}

Error SequenceReader::not_as_indexed(const std::string& finding) const
{
    return Error(Exit::bad_data, "'{}' is not what its index says: {}", place_.path, finding)
        .remedy("give each sequence a name of its own, and all its lines but the last one length; then "
                "make the index again: samtools faidx '{}'",
                place_.path);
}

} // namespace swather
