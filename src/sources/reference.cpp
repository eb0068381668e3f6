// SPDX-License-Identifier: MIT
#include "sources/reference.hpp"

#include "base/error.hpp"
#include "sources/hts.hpp"
#include "sources/identity.hpp"

#include <htslib/faidx.h>

#include <cstdlib>
#include <filesystem>
#include <unordered_map>

namespace swather {

struct Reference::Handle {
    std::unique_ptr<faidx_t, Closer<fai_destroy>> index;
    std::unordered_map<std::string_view, std::int32_t> numbers; // of the names in the index
};

Reference::Reference(const std::string& path)
    : path_(path)
    , handle_(std::make_unique<Handle>())
{
    check_input(path);
    if (!std::filesystem::exists(path + ".fai"))
        throw Error(Exit::cannot_read, "'{}' has no index beside it (.fai)", path)
            .remedy("make one: samtools faidx '{}'", path);
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
        throw Error(Exit::bad_data, "'{}' has {} positions in the reference '{}', {} in the BAM", contig,
                    length(found->second), path_, length_of_contig)
            .remedy("give the FASTA to which the reads were aligned");
    return found->second;
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
