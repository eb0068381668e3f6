// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"
#include "output/stored_run.hpp"

#include <functional>
#include <optional>

namespace swather {

/// Merges the runs of all ranks into one sequence in the order of keys, each key once.
///
/// The keys are cut into ranges by a sample of them. Ranges go round by round, in each round one to each
/// rank: every rank sends the records of the range to it, and it merges what comes. There are as many rounds
/// as keep what a rank has in one of them within its memory. So nothing goes through one rank, and the
/// sequence depends on neither ranges nor ranks. (Sample sort: Frazer and McKellar 1970,
/// doi:10.1145/321592.321600; the merge is Knuth's tree of losers, TAOCP 3, 5.4.1.)
class RunMerger {
public:
    /// Merges the value of one key in a later run into that of the runs before.
    using MergeValues = std::function<void(std::string& value, std::string_view later)>;

    /// Collective. `range_bytes`: of the records that a rank sends, or receives, in one round, about.
    RunMerger(const Communicator& comm, Journal& journal, std::vector<StoredRun> runs,
              MergeValues merge_values, double range_bytes);

    /// Collective. The next round: this rank's part of it, records in the order of keys behind those of the
    /// ranks below. None, on all ranks, when all is merged.
    std::optional<std::string> next();

private:
    void append_slice(std::size_t run, const std::string* end, Bytes& slices);

    const Communicator& comm_;
    Journal& journal_;
    std::vector<StoredRun> runs_;
    std::vector<std::uint64_t> taken_; ///< of each run, the bytes that went in earlier ranges
    std::vector<Hasher> hashers_;      ///< of those bytes
    MergeValues merge_values_;
    std::vector<std::string> ends_; ///< of each range but the last, the first key behind it
    std::size_t next_range_ = 0;
};

} // namespace swather
