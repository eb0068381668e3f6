// SPDX-License-Identifier: MIT
#include "output/key_ranges.hpp"

#include <algorithm>
#include <utility>

namespace swather {

namespace {

/// A key, and the bytes of the records of one rank that lie between it and the one before it, about.
struct Sample {
    std::string key;
    double bytes = 0;
    std::size_t rank = 0;
};

/// The sample of this rank's keys, as fine as ranges of that size need it.
Bytes packed_sample(const std::vector<StoredRun>& runs, double range_bytes)
{
    constexpr double samples_of_a_range = 32;
    std::vector<std::pair<std::string_view, std::uint64_t>> all;
    for (const StoredRun& run : runs) // the first mark is no sample: it is the first key of its run
        for (std::size_t i = 1; i < run.marks.size(); ++i)
            all.emplace_back(run.marks[i].key,
                             std::max(Mark::distance, run.marks[i].begin - run.marks[i - 1].begin));
    std::sort(all.begin(), all.end());
    Bytes packed;
    double bytes = 0;
    for (const auto& [key, before] : all) {
        bytes += static_cast<double>(before);
        if (bytes < range_bytes / samples_of_a_range) continue;
        put(packed, key);
        put(packed, std::exchange(bytes, 0));
    }
    return packed;
}

/// Cuts the keys into ranges where the sample says that a round is full: in it, a rank would send more than
/// `range_bytes`, or all together more than that for each. Returns the ends of all ranges but the last.
std::vector<std::string> cut(std::vector<Sample> sample, std::size_t ranks, double range_bytes)
{
    std::sort(sample.begin(), sample.end(), [](const Sample& a, const Sample& b) { return a.key < b.key; });
    std::vector<std::string> ends;
    std::vector<double> sent(ranks);
    double all = 0;
    auto first = sample.begin();
    // In a round the ranges are equal.
    const auto cut_round = [&](auto last) {
        double bytes = 0;
        std::string end = ends.empty() ? "" : ends.back();
        for (std::size_t rank = 1; rank < ranks; ++rank) {
            for (; first != last && bytes < all * static_cast<double>(rank) / static_cast<double>(ranks);
                 ++first) {
                bytes += first->bytes;
                end = first->key;
            }
            ends.push_back(end);
        }
        first = last;
        sent.assign(ranks, 0);
        all = 0;
    };
    for (auto next = sample.begin(); next != sample.end();) {
        sent[next->rank] += next->bytes;
        all += next->bytes;
        const bool full = sent[next->rank] > range_bytes || all > range_bytes * static_cast<double>(ranks);
        const std::string& end = (next++)->key;
        if (!full) continue;
        cut_round(next);
        ends.push_back(end);
    }
    cut_round(sample.end());
    return ends;
}

} // namespace

std::vector<std::string> ends_of_ranges(const Communicator& comm, const std::vector<StoredRun>& runs,
                                        double range_bytes)
{
    const auto of_ranks = comm.gather(packed_sample(runs, range_bytes));
    Bytes packed;
    if (comm.is_root()) {
        std::vector<Sample> sample;
        for (std::size_t rank = 0; rank < of_ranks.size(); ++rank)
            for (BytesReader reader(of_ranks[rank]); !reader.at_end();) {
                std::string key = reader.get_string();
                sample.push_back({std::move(key), reader.get<double>(), rank});
            }
        for (const std::string& end : cut(std::move(sample), of_ranks.size(), range_bytes))
            put(packed, std::string_view(end));
    }
    packed = comm.broadcast(std::move(packed));
    std::vector<std::string> ends;
    for (BytesReader reader(packed); !reader.at_end();) ends.push_back(reader.get_string());
    return ends;
}

} // namespace swather
