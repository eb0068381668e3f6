// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.hpp"
#include "mpi/agree.hpp"
#include "output/cohort.hpp"
#include "run/broken_parts.hpp"
#include "sources/source.hpp"

namespace swather {

/// What a run says of the samples of its source, where that has several. All is local, and root's, but for
/// what says otherwise.

/// Local. Of a run that goes on without some of its samples, which it tells: `Exit::bad_data`.
/// `what_is_there`: "there is no output".
Error error_of_missing(const std::vector<MissingSample>& missing, Index samples,
                       const std::string& what_is_there);

/// Local. `Exit::usage` where two samples would have one group in the file.
void check_names(const std::vector<Cohort::Sample>& samples);

/// Collective. Throws on all ranks where a complete file lacks some of so many samples.
void tell_missing(const Communicator& comm, const std::string& path, Index samples);

/// Local. A block in words: "chr1:1-500", of several samples "sample A, chr1:1-500".
template <Source S>
std::string label_of(const S& source, const Block& block)
{
    std::string label = domain_of(source, block.part).label(block.core);
    if constexpr (SampledSource<S>)
        if (source.samples() > 1) return fmt::format("sample {}, {}", source.name(block.part), label);
    return label;
}

/// Local. The cells of each sample; of one that could not be read none.
template <Source S>
std::vector<Index> cells_of_samples(const S& source)
{
    std::vector<Index> cells;
    for (Index sample = 0; sample < samples_of(source); ++sample)
        cells.push_back(domain_of(source, sample).size());
    return cells;
}

/// Local. The group in the file that is above all of a sample; of a source of one sample that is the root.
template <Source S>
std::string group_above(const S& source, Index sample)
{
    if constexpr (SampledSource<S>)
        if (source.samples() > 1) return group_of_sample(source.name(sample));
    return "";
}

/// Local. The samples that are broken, and why.
template <SampledSource S>
std::vector<MissingSample> missing_of(const S& source, const Plan& plan, const std::map<Index, Error>& broken)
{
    std::vector<MissingSample> missing;
    for (auto [sample, error] : broken) {
        if (error.order() != Error::no_order)
            error.within("block {} ({})", error.order(), label_of(source, plan.block(error.order())));
        missing.push_back({source.name(sample), source.path(sample), error.finding(), error.remedy()});
    }
    return missing;
}

/// Local. Throws where the names of the samples will not do, or the survey has left none of several.
template <Source S>
void check_samples(const S& source)
{
    if constexpr (SampledSource<S>) {
        if (source.samples() == 1) return;
        std::vector<Cohort::Sample> whole;
        for (Index sample = 0; sample < source.samples(); ++sample)
            if (!source.broken().contains(sample))
                whole.push_back({source.name(sample), source.path(sample)});
        check_names(whole);
        if (whole.empty())
            throw error_of_missing(missing_of(source, {}, source.broken()), source.samples(),
                                   "nothing is left to compute");
    }
}

/// Collective. The parts of a plan that are broken, where the run goes on without these: so far those that
/// the survey could not read.
template <Source S>
BrokenParts broken_parts_of(const Communicator& comm, const S& source)
{
    if constexpr (SampledSource<S>) {
        const auto name_of = [&source](Index sample) { return source.name(sample); };
        return {comm, source.goes_on(), name_of, source.broken()};
    } else {
        return {comm, false};
    }
}

/// Collective. Throws on all ranks where every sample of several is broken.
template <Source S>
void check_left(const Communicator& comm, const S& source, const Plan& plan, const BrokenParts& broken)
{
    if constexpr (SampledSource<S>)
        if (broken.size() == source.samples())
            share(comm, [&] {
                throw error_of_missing(missing_of(source, plan, broken.errors()), source.samples(),
                                       "there is no output");
            });
}

/// Collective. Throws on all ranks where the survey could not read some samples of several.
template <Source S>
void check_none_broken(const Communicator& comm, const S& source, const Plan& plan)
{
    if constexpr (SampledSource<S>)
        share(comm, [&] {
            if (source.broken().empty()) return;
            throw error_of_missing(missing_of(source, plan, source.broken()), source.samples(),
                                   "this is the plan of the others");
        });
}

/// Local. What a group of a sample says of itself.
template <Source S>
Supplement name_of_group(const S& source, Index sample)
{
    Supplement supplement;
    if constexpr (SampledSource<S>)
        if (source.samples() > 1)
            supplement.attributes.push_back(
                {group_above(source, sample), "long_name", std::string(source.name(sample))});
    return supplement;
}

/// Local. The samples of a file side by side.
template <SampledSource S>
Cohort cohort_of(const S& source, const Plan& plan, const BrokenParts& broken, CohortOutput output)
{
    Cohort cohort{.samples = {},
                  .missing = missing_of(source, plan, broken.errors()),
                  .output = std::move(output),
                  .regions = {}};
    std::vector<Index> whole;
    for (Index sample = 0; sample < source.samples(); ++sample) {
        if (broken.contains(sample)) continue;
        whole.push_back(sample);
        cohort.samples.push_back({source.name(sample), source.path(sample)});
    }
    if (cohort.output.region_mean.empty()) return cohort;
    cohort.regions = source.regions_shared_by(whole);
    if (!cohort.regions)
        spdlog::info("the samples have other regions: there is no matrix of them in /cohort");
    return cohort;
}

} // namespace swather
