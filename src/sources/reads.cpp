// SPDX-License-Identifier: MIT
#include "sources/reads.hpp"

#include "base/log.hpp"
#include "base/memory.hpp"
#include "base/stop.hpp"
#include "base/stopwatch.hpp"
#include "base/utf8.hpp"
#include "sources/reads_file.hpp"

#include <algorithm>
#include <filesystem>

namespace swather {

namespace {

/// The name of a file, without what says that it is of reads.
std::string name_of_file(const std::string& path)
{
    const std::filesystem::path file(path);
    const bool says_reads = file.extension() == ".bam" || file.extension() == ".cram";
    return (says_reads ? file.stem() : file.filename()).string();
}

} // namespace

void Reads::survey(const std::string& /*folder*/)
{
    if (!options_.by.bed.empty()) check_input(options_.by.bed); // which all samples share
    if (reference()) warn_of_older(options_.wanted.reference + ".fai", options_.wanted.reference);
    for (Index sample = 0; sample < samples(); ++sample) {
        throw_if_stopped();
        try {
            survey(sample);
        } catch (const Error& error) {
            if (!goes_on() || !is_of_input(error)) throw;
            broken_.emplace(sample, error);
        }
    }
    // Where all have the same to say it is about what they share: a line of the BED, say.
    const auto says_the_same = [&](const auto& one) {
        return std::string_view(one.second.what()) == broken_.begin()->second.what();
    };
    if (std::ssize(broken_) == samples() && std::all_of(broken_.begin(), broken_.end(), says_the_same))
        throw Error(broken_.begin()->second);
}

void Reads::survey(Index number)
{
    Sample& sample = samples_[static_cast<std::size_t>(number)];
    sample.name = printable(name_of_file(path(number)));
    open(number);
    if (samples() > 1) sample.name = printable(name_of(number));

    // A BED of a cohort is read once for all samples of the same contigs. Of a CRAM, more is looked up.
    sample.is_cram = is_cram(path(number));
    sample.hash_of_contigs = catalog_->hash_of_contigs();
    const auto is_alike = [&](const Sample& other) {
        return other.layout && other.hash_of_contigs == sample.hash_of_contigs &&
               other.is_cram == sample.is_cram;
    };
    const auto before = samples_.begin() + number;
    const auto alike = std::find_if(samples_.begin(), before, is_alike);
    const auto layout =
        alike == before ? catalog_->lay_out(options_.regions, options_.by, reference()) : alike->layout;
    catalog_->use(layout);

    const bool is_all = options_.regions.empty() && !options_.by.only;
    const Box all{0, layout->axis->size()};
    weight_ +=
        is_all ? catalog_->file_size() : catalog_->describe({.id = 0, .core = all, .reach = all}).block.cost;
    sample.axis = layout->axis;
    sample.layout = layout;
    sample.regions = layout->region_count;
    sample.hash_of_regions = layout->hash_of_regions;
}

void Reads::open(Index sample)
{
    catalog_.reset(); // before the next comes: an index takes its megabytes
    give_back_memory();
    sample_of_catalog_ = sample;
    catalog_.emplace(path(sample), options_.wanted);
}

std::string Reads::name_of(Index sample) const
{
    const auto& names = catalog_->samples();
    if (options_.names_of_files || names.empty()) return name_of_file(path(sample));
    if (names.size() > 1)
        throw Error(Exit::usage, "'{}' has reads of several samples (@RG SM): {}", path(sample),
                    printable(fmt::format("{}", fmt::join(names, ", "))))
            .remedy(
                "make a file of each (samtools split), or take all of a file for one sample: --names file");
    return names.front();
}

BamCatalog& Reads::catalog_of(Index sample)
{
    if (catalog_ && sample_of_catalog_ == sample) return *catalog_;
    const Hush hush;
    open(sample);
    if (catalog_->hash_of_contigs() != of(sample).hash_of_contigs)
        throw Error(Exit::bad_data, "'{}' changed during the run: it has other contigs", path(sample));
    catalog_->use(of(sample).layout);
    return *catalog_;
}

const Reference* Reads::reference()
{
    if (options_.wanted.reference.empty()) return nullptr;
    if (!reference_) reference_.emplace(options_.wanted.reference);
    return &*reference_;
}

std::vector<Identity> Reads::identity() const
{
    std::vector<Identity> identities;
    for (const std::string& path : options_.paths) {
        try {
            identities.push_back(identify(path, options_.hash_whole));
        } catch (const Error& error) {
            if (!goes_on() || !is_of_input(error)) throw;
            identities.push_back({std::filesystem::absolute(path).lexically_normal(), 0, "", ""}); // broken
            continue;
        }
        // The index is small: all of it is hashed, so that one of another BAM is seen. Where there is none,
        // or the file is no BAM that could have one, the survey tells.
        if (const auto index = index_beside(path)) identities.push_back(identify(*index, true));
    }
    if (!options_.by.bed.empty()) identities.push_back(identify(options_.by.bed, true));
    if (!options_.wanted.reference.empty()) {
        const std::string& reference = options_.wanted.reference;
        identities.push_back(identify(reference, options_.hash_whole));
        if (std::filesystem::exists(reference + ".fai"))
            identities.push_back(identify(reference + ".fai", true));
    }
    return identities;
}

void Reads::end_survey()
{
    catalog_.reset();
    for (Sample& sample : samples_) sample.layout.reset();
}

double Reads::memory() const
{
    // Of a BAM, htslib's two BGZF blocks, the reads of one, and room for a long read with all its tags; of a
    // CRAM, a slice, packed and decoded.
    const auto is_cram = [](const Sample& sample) { return sample.is_cram; };
    return std::any_of(samples_.begin(), samples_.end(), is_cram) ? 40 << 20 : 4 << 20;
}

Index Reads::regions() const
{
    Index all = 0;
    for (const Sample& sample : samples_) all += sample.regions;
    return all;
}

std::optional<Index> Reads::regions_shared_by(const std::vector<Index>& samples) const
{
    const auto is_as_first = [&](Index sample) {
        return of(sample).hash_of_regions == of(samples.front()).hash_of_regions;
    };
    if (samples.empty() || !std::all_of(samples.begin(), samples.end(), is_as_first)) return std::nullopt;
    return of(samples.front()).regions;
}

Reads::View Reads::read(const Descriptor& descriptor)
{
    const Stopwatch stopwatch(seconds_reading_);
    const Index sample = descriptor.block.part;
    if (!reader_ || sample_of_reader_ != sample) {
        reader_.reset(); // before the next is opened
        reader_ = open_reads(path(sample), options_.wanted);
        sample_of_reader_ = sample;
    }
    reference();
    BamPlace place = BamPlace::unpack(descriptor.where);
    std::vector<ReadsPiece> pieces;
    for (const BamPiece& one : place.pieces) pieces.push_back({{one.piece}, one.contig, one.name});
    NextRegion next_region = regions_of(std::move(place.regions), place.pieces, options_.by.window);
    const auto next_batch = [this] {
        const Stopwatch batch_stopwatch(seconds_reading_);
        try {
            return reader_->next_batch();
        } catch (const Error&) {
            reader_.reset(); // who knows where it stands
            throw;
        }
    };
    const auto reference_bases = [this, all = place.pieces] {
        const Stopwatch bases_stopwatch(seconds_reading_);
        std::vector<char> bases;
        for (const BamPiece& one : all) {
            const std::string of_piece = reference_->bases(one.sequence, {one.piece.start, one.piece.end()});
            bases.insert(bases.end(), of_piece.begin(), of_piece.end());
        }
        return bases;
    };
    reader_->start(std::move(place));
    return {descriptor.block.core, std::move(pieces), next_batch, std::move(next_region), reference_bases};
}

} // namespace swather
