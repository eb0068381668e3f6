// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "base/fingerprint.hpp"
#include "grid/concat_axis.hpp"
#include "grid/plan.hpp"
#include "sources/identity.hpp"

#include <concepts>
#include <map>
#include <optional>
#include <vector>

namespace swather {

/// An input that can be cut into blocks.
///
/// Rank 0 alone surveys it (headers and indexes, not data) and then answers for its domain; the other ranks
/// get descriptors, and read what those name. All is local.
// clang-format off
template <class S>
concept Source = requires(S& source, const S& surveyed, const std::string& folder, const Block& block, const Descriptor& descriptor) {
    typename S::View;
    source.survey(folder);                                          // root: before all that follows but identity and read;
                                                                    // what must be inflated goes into the folder, if one is named
    { surveyed.domain().size() } -> std::same_as<Index>;            // the whole index space, a ConcatAxis or an ArrayDomain;
    { surveyed.domain().label(block.core) } -> std::same_as<std::string>; // root's, elsewhere empty
    { surveyed.domain().unit() } -> std::convertible_to<std::string>;     // of which it is so many: "position"
    { surveyed.weight() } -> std::same_as<double>;                  // root: bytes of all that is to be read
    { surveyed.block_sizes() } -> std::same_as<BlockSizes>;         // any rank
    { source.describe(block) } -> std::same_as<Descriptor>;         // root: the block's cost, and where its data lie
    { surveyed.identity() } -> std::same_as<std::vector<Identity>>; // root, before the survey too: what the inputs are, as they are now
    source.end_survey();                                            // root: after the last block; domain and identity stay
    { surveyed.memory() } -> std::same_as<double>;                  // root: bytes that reading one block takes
    { source.read(descriptor) } -> std::same_as<typename S::View>;  // any rank: the block's data
    { surveyed.seconds_reading() } -> std::same_as<double>;         // any rank: wall time so far, in views too
};

/// A source that must guess, in the middle of its input, what the blocks before have left behind.
template <class S>
concept LinkedSource = Source<S> && requires(S& source, const S& surveyed, const std::vector<BlockLink>& links) {
    { surveyed.link() } -> std::same_as<Bytes>;                 // any rank: of the block that was read last
    { source.settle(links) } -> std::same_as<std::vector<char>>; // root: of each link, in the order of blocks, whether
                                                                // it has guessed right; describe() knows from then on
};

/// A source of several samples, each a part of the plan: where there is more than one, each has a group of its own in the file.
template <class S>
concept SampledSource = Source<S> && requires(const S& surveyed, Index sample, const std::vector<Index>& samples) {
    { surveyed.samples() } -> std::same_as<Index>;                            // any rank
    { surveyed.path(sample) } -> std::convertible_to<std::string>;            // any rank
    { surveyed.name(sample) } -> std::convertible_to<std::string>;            // root
    { surveyed.domain(sample).size() } -> std::same_as<Index>;                // root
    { surveyed.goes_on() } -> std::same_as<bool>;                             // any rank: whether a run goes on without those of several that cannot be read
    { surveyed.broken() } -> std::same_as<const std::map<Index, Error>&>;     // root: what is wrong with those that the survey could not read
    { surveyed.regions_shared_by(samples) } -> std::same_as<std::optional<Index>>; // root: how many regions each of these has, where they are the same
};
// clang-format on

/// Local. Whether an error is about what an input holds, or that it cannot be read: of several samples, the
/// others can still be.
inline bool is_of_input(const Error& error)
{
    return error.code() == Exit::bad_data || error.code() == Exit::cannot_read;
}

/// Local. How many samples a source has; on any rank.
template <Source S>
Index samples_of(const S& source)
{
    if constexpr (SampledSource<S>) return source.samples();
    return 1;
}

/// Local. The domain of one sample; on root.
template <Source S>
const auto& domain_of(const S& source, Index sample)
{
    if constexpr (SampledSource<S>)
        return source.domain(sample);
    else
        return source.domain();
}

/// Local. The link of the block that was read last; empty of a source that guesses nothing.
template <Source S>
Bytes last_link(const S& source)
{
    if constexpr (LinkedSource<S>) return source.link();
    return {};
}

} // namespace swather
