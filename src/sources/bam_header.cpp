// SPDX-License-Identifier: MIT
#include "sources/bam_header.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "sources/hts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace swather {

namespace {

constexpr std::array<char, 4> bam_magic{'B', 'A', 'M', '\1'};
constexpr std::size_t digest_size = 32; // an MD5 in hexadecimal digits

template <Plain T>
bool get(BGZF* file, T& value)
{
    return bgzf_read(file, &value, sizeof value) == sizeof value;
}

/// Calls `take` with so many bytes of the file, part by part; false where there are not so many.
template <class Take>
bool read_parts(BGZF* file, std::uint32_t size, const Take& take)
{
    std::array<char, 4096> part;
    while (size > 0) {
        const std::uint32_t more = std::min<std::uint32_t>(size, part.size());
        if (bgzf_read(file, part.data(), more) != more) return false;
        take(std::string_view(part.data(), more));
        size -= more;
    }
    return true;
}

/// Takes the first part of `text`, up to the delimiter, which is taken too.
std::string_view take(std::string_view& text, char delimiter)
{
    const std::string_view part = text.substr(0, text.find(delimiter));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

/// The value of a tag ("SN") in a line of the header; empty where it has none.
std::string_view value_of(std::string_view tag, std::string_view line)
{
    while (!line.empty()) {
        const std::string_view field = take(line, '\t');
        if (field.size() > tag.size() && field.starts_with(tag) && field[tag.size()] == ':')
            return field.substr(tag.size() + 1);
    }
    return {};
}

} // namespace

BamHeader::BamHeader(BGZF* file, const std::string& path, bool digests)
{
    const auto damaged = [&path] {
        return Error(Exit::bad_data, "the header of '{}' is damaged", path)
            .remedy("samtools quickcheck -v '{}'", path);
    };
    std::array<char, 4> magic{};
    std::uint32_t text_size = 0;
    std::int32_t contigs = 0;
    if (!get(file, magic) || magic != bam_magic || !get(file, text_size) ||
        !read_text(file, text_size, digests) || !get(file, contigs) || contigs < 0)
        throw damaged();
    for (; contigs > 0; --contigs) {
        std::int32_t name_size = 0;
        std::uint32_t length = 0;
        const auto append = [this](std::string_view part) { names_ += part; };
        if (!get(file, name_size) || name_size <= 0 ||
            !read_parts(file, static_cast<std::uint32_t>(name_size), append) || !get(file, length))
            throw damaged();
        const std::size_t name_begin = contigs_.empty() ? 0 : contigs_.back().name_end;
        names_.resize(std::min(names_.size(), names_.find('\0', name_begin))); // with which it should end
        contigs_.push_back({names_.size(), length});
    }
}

BamHeader::BamHeader(sam_hdr_t* header, bool digests)
{
    for (std::string_view text(sam_hdr_str(header), sam_hdr_length(header)); !text.empty();)
        keep_line(take(text, '\n'), digests);
    for (int contig = 0; contig < sam_hdr_nref(header); ++contig) {
        names_ += sam_hdr_tid2name(header, contig);
        contigs_.push_back({names_.size(), static_cast<std::uint32_t>(sam_hdr_tid2len(header, contig))});
    }
}

void BamHeader::keep_line(std::string_view line, bool digests)
{
    if (text_.empty() || line.find("\tAN:") != line.npos) text_.append(line) += '\n';
    if (const auto sample = line.starts_with("@RG\t") ? value_of("SM", line) : ""; !sample.empty())
        if (std::find(samples_.begin(), samples_.end(), sample) == samples_.end())
            samples_.emplace_back(sample);
    if (!digests || !line.starts_with("@SQ\t")) return;
    std::string digest(value_of("M5", line));
    digest.resize(digest_size, ' ');
    digests_ += digest;
}

bool BamHeader::read_text(BGZF* file, std::uint32_t size, bool digests)
{
    std::string line;
    const auto keep = [&] {
        keep_line(line, digests);
        line.clear();
    };
    const bool is_whole = read_parts(file, size, [&](std::string_view rest) {
        for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
            line += take(rest, '\n');
            keep();
        }
        line += rest;
    });
    keep();
    return is_whole;
}

std::string_view BamHeader::name(Index contig) const
{
    const auto i = static_cast<std::size_t>(contig);
    const std::size_t begin = i == 0 ? 0 : contigs_[i - 1].name_end;
    return std::string_view(names_).substr(begin, contigs_[i].name_end - begin);
}

Index BamHeader::length(Index contig) const { return contigs_[static_cast<std::size_t>(contig)].length; }

std::uint64_t BamHeader::hash_of_contigs() const
{
    Hasher hasher;
    for (const std::string* part : {&text_, &digests_, &names_}) {
        const std::size_t size = part->size();
        hasher.add(std::as_bytes(std::span(&size, 1)));
        hasher.add(std::as_bytes(std::span(*part)));
    }
    for (const Contig& contig : contigs_) {
        hasher.add(std::as_bytes(std::span(&contig.name_end, 1)));
        hasher.add(std::as_bytes(std::span(&contig.length, 1)));
    }
    return hasher.value();
}

std::string BamHeader::digest(Index contig) const
{
    const std::size_t begin = static_cast<std::size_t>(contig) * digest_size;
    if (begin >= digests_.size() || digests_[begin] == ' ') return {};
    std::string digest = digests_.substr(begin, digest_size);
    std::ranges::transform(digest, digest.begin(), [](unsigned char c) { return std::tolower(c); });
    return digest;
}

std::optional<Index> BamHeader::find(std::string_view wanted) const
{
    const auto contig_of = [&](std::string_view own_name) -> std::optional<Index> {
        for (Index contig = 0; contig < contigs(); ++contig)
            if (name(contig) == own_name) return contig;
        return std::nullopt;
    };
    if (const auto contig = contig_of(wanted)) return contig;
    for (std::string_view rest = text_; !rest.empty();) {
        const std::string_view line = take(rest, '\n');
        if (!line.starts_with("@SQ\t")) continue;
        for (std::string_view alternatives = value_of("AN", line); !alternatives.empty();)
            if (take(alternatives, ',') == wanted) return contig_of(value_of("SN", line));
    }
    return std::nullopt;
}

bool BamHeader::sorted_by_name() const
{
    const std::string_view first_line = std::string_view(text_).substr(0, text_.find('\n'));
    return first_line.starts_with("@HD\t") && value_of("SO", first_line) == "queryname";
}

std::string first_contigs(const BamHeader& header)
{
    const Index count = header.contigs();
    std::string names;
    for (Index contig = 0; contig < std::min<Index>(count, 5); ++contig)
        names += fmt::format("{}{}", contig == 0 ? "" : ", ", header.name(contig));
    return count <= 5 ? names : fmt::format("{} … ({} in all)", names, count);
}

} // namespace swather
