// SPDX-License-Identifier: MIT
#include "sources/realigner.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace swather {

namespace {

constexpr Index fetched_at_once = 1 << 16;

} // namespace

std::span<const std::uint8_t> Realigner::qualities_of(const BamRecord& record, std::int32_t number)
{
    // What htslib would leave as it is costs no look at the reference.
    const auto is_skip = [](const Cigar& run) { return run.operation() == CigarOperation::skip; };
    const Index length = reference_.length(number);
    if (record.qualities.empty() || record.start >= length) return record.qualities;

    // It looks no further than this around a read: its clipped ends and half the width of the band.
    const Index around = 2 * (std::ssize(record.qualities) + record.end - record.start) + 16;
    // Of a spliced read it looks at no reference, but at the tag BQ.
    if (std::ranges::none_of(record.cigar, is_skip))
        fetch(number, intersect({record.start - around, record.end + around}, {0, length}));
    copy(record);
    // What it refuses to realign it leaves as it is, and so does mpileup.
    sam_prob_realn(record_.get(), bases_.data(), std::ssize(bases_), BAQ_APPLY | BAQ_EXTEND);
    return {bam_get_qual(record_.get()), record.qualities.size()};
}

/// Has these positions among the bases.
void Realigner::fetch(std::int32_t number, const Box& positions)
{
    const Box here{begin_, begin_ + std::ssize(bases_)};
    if (number == number_ && intersect(here, positions) == positions) return;
    const Box wanted =
        intersect({positions.begin, positions.end + fetched_at_once}, {0, reference_.length(number)});
    bases_ = reference_.bases(number, wanted);
    number_ = number;
    begin_ = wanted.begin;
}

/// Lays the record out as htslib has it: behind the name NULs, so that the CIGAR is aligned.
void Realigner::copy(const BamRecord& record)
{
    const std::string_view name = record.name();
    const std::size_t name_size = (name.size() / 4 + 1) * 4;
    const std::size_t size = name_size + record.cigar.size_bytes() + record.bases.size() +
                             record.qualities.size() + record.tags.size();
    bam1_t& to = *record_;
    if (size > to.m_data) {
        auto* data = static_cast<std::uint8_t*>(std::realloc(to.data, size));
        if (!data) throw std::bad_alloc();
        to.data = data;
        to.m_data = static_cast<std::uint32_t>(size);
    }
    to.core = {};
    to.core.pos = record.start - begin_;
    to.core.flag = record.flag;
    to.core.qual = record.mapq;
    to.core.l_qname = static_cast<std::uint16_t>(name_size);
    to.core.l_extranul = static_cast<std::uint8_t>(name_size - name.size() - 1);
    to.core.n_cigar = static_cast<std::uint32_t>(record.cigar.size());
    to.core.l_qseq = static_cast<std::int32_t>(record.qualities.size());
    to.l_data = static_cast<int>(size);
    std::uint8_t* place = to.data;
    const auto append = [&](std::span<const std::byte> bytes) {
        place = std::copy_n(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), place);
    };
    append(std::as_bytes(std::span(name)));
    place = std::fill_n(place, name_size - name.size(), std::uint8_t{0});
    append(std::as_bytes(record.cigar));
    append(record.bases);
    append(std::as_bytes(record.qualities));
    append(record.tags);
}

} // namespace swather
