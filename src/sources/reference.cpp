// SPDX-License-Identifier: MIT
#include "sources/reference.hpp"

#include "base/error.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"

#include <htslib/faidx.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <unordered_map>

namespace swather {

namespace {

constexpr Index digested_at_once = 1 << 20;

} // namespace

struct Reference::Handle {
    std::unique_ptr<faidx_t, Closer<fai_destroy>> index;
    std::unordered_map<std::string_view, std::int32_t> numbers; // of the names in the index
    std::unordered_map<std::int32_t, std::string> digests;      // as far as they were asked for
};

Reference::Reference(const std::string& path)
    : path_(path)
    , handle_(std::make_unique<Handle>())
{
    check_input(path);
    if (!std::filesystem::exists(path + ".fai"))
        throw Error(Exit::cannot_read, "'{}' has no index beside it (.fai)", path)
            .remedy("make one: samtools faidx '{0}', or swather stage '{0}'; or give --index", path);
    handle_->index.reset(fai_load3(path.c_str(), nullptr, nullptr, 0));
    if (!handle_->index)
        throw Error(Exit::cannot_read, "'{}' or its index cannot be read", path)
            .remedy("is it FASTA, plain or packed by bgzip? Make its index again: samtools faidx '{}'", path);
    for (int i = 0; i < faidx_nseq(handle_->index.get()); ++i)
        handle_->numbers.emplace(faidx_iseq(handle_->index.get(), i), i);
}

Reference::~Reference() = default;
Reference::Reference(Reference&&) noexcept = default;
Reference& Reference::operator=(Reference&&) noexcept = default;

std::int32_t Reference::number_of(std::string_view contig, Index length_of_contig) const
{
    const auto found = handle_->numbers.find(contig);
    if (found == handle_->numbers.end())
        throw Error(Exit::bad_data, "the reference '{}' has no sequence '{}'", path_, contig)
            .remedy("give the FASTA to which the reads were aligned");
    if (length(found->second) != length_of_contig)
        throw Error(Exit::bad_data, "'{}' has {} positions in the reference '{}', {} where the reads are",
                    contig, length(found->second), path_, length_of_contig)
            .remedy("give the FASTA to which the reads were aligned");
    return found->second;
}

void Reference::check_digest(std::int32_t number, const std::string& digest) const
{
    if (digest.empty()) return;
    std::string& found = handle_->digests[number];
    if (found.empty()) found = digest_of(number);
    if (found == digest) return;
    throw Error(Exit::bad_data,
                "'{}' of the reference '{}' is not the sequence to which the reads were aligned: its "
                "MD5 is {}, @SQ M5 says {}",
                faidx_iseq(handle_->index.get(), number), path_, found, digest)
        .remedy("give the FASTA to which the reads were aligned");
}

std::string Reference::digest_of(std::int32_t number) const
{
    const std::unique_ptr<hts_md5_context, Closer<hts_md5_destroy>> context(hts_md5_init());
    if (!context) throw std::bad_alloc();
    for (Index begin = 0; begin < length(number); begin += digested_at_once) {
        std::string part = bases(number, intersect({begin, begin + digested_at_once}, {0, length(number)}));
        std::ranges::transform(part, part.begin(), [](unsigned char c) { return std::toupper(c); });
        hts_md5_update(context.get(), part.data(), part.size());
    }
    std::array<unsigned char, 16> bytes{};
    std::array<char, 33> found{};
    hts_md5_final(bytes.data(), context.get());
    hts_md5_hex(found.data(), bytes.data());
    return found.data();
}

Index Reference::length(std::int32_t number) const
{
    return faidx_seq_len(handle_->index.get(), faidx_iseq(handle_->index.get(), number));
}

std::string Reference::bases(std::int32_t number, const Box& positions) const
{
    hts_pos_t length = 0;
    const std::unique_ptr<char, Closer<std::free>> bases(
        faidx_fetch_seq64(handle_->index.get(), faidx_iseq(handle_->index.get(), number), positions.begin,
                          positions.end - 1, &length));
    if (!bases || length != positions.size())
        throw Error(Exit::bad_data, "'{}' does not have what its index '{}.fai' promises", path_, path_)
            .remedy("make the index again: samtools faidx '{}'", path_);
    return {bases.get(), static_cast<std::size_t>(length)};
}

} // namespace swather
