// SPDX-License-Identifier: MIT
#pragma once

#include "run/block_timings.hpp"
#include "run/schedule.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace swather {

/// What messages and files take on a machine.
struct Machine {
    double latency = 2e-6;   ///< seconds of a message
    double bandwidth = 10e9; ///< bytes a second that root sends
    /// Bytes a second of the file system, for all ranks together; none: it keeps nobody waiting.
    std::optional<double> io_bandwidth;
};

/// What is to be modelled, and from what.
struct ModelOptions {
    std::vector<int> ranks; ///< a line for each of these numbers
    std::string per_block;  ///< file of --timings-blocks; empty: a block is tried
    Machine machine;
    std::optional<double> gathering; ///< seconds on one rank; none: by the chunks of the output
    bool as_csv = false;
};

/// What a run has to do. All seconds are of CPU.
struct Work {
    std::vector<double> costs;   ///< of the blocks, as for cost_of: what they are dealt by
    std::vector<double> seconds; ///< of the blocks
    Index measured = 0;          ///< blocks whose seconds are their own; those of the others are by cost
    double planning = 0;         ///< of root, while the others wait
    double placing = 0;          ///< the same, when all blocks are computed
    double gathering = 0;        ///< of all ranks together, then
    double bytes_to_read = 0;
    double bytes_of_results = 0;     ///< of all blocks, encoded
    double bytes_of_descriptors = 0; ///< that root scatters
};

/// Local. What blocks take, by what was measured of some of them, or of others. A block of the number, cells
/// and bytes of one that was measured takes what that took; the others what all that were measured took for
/// their cost.
Work work_of(std::span<const Block> blocks, std::span<const BlockTiming> measured);

/// What a run would take, in seconds.
struct Estimate {
    int ranks = 1;
    double planning = 0;
    double messages = 0;
    double computing = 0; ///< until the last rank is done, if it never waits for a file
    double mean_work = 0; ///< of a rank
    double files = 0;     ///< while blocks are computed: input and journal
    double gathering = 0; ///< and the output, from the journal and to be verified

    /// Local. All of it: of computing and its files, which go on at a time, the longer.
    [[nodiscard]] double time() const;
    /// Local. What the last rank takes to compute, by the mean of all.
    [[nodiscard]] double imbalance() const { return mean_work > 0 ? computing / mean_work : 1; }
    /// Local. What takes longest: "work", "uneven work", "planning", "messages", "files" or "gathering".
    [[nodiscard]] const char* limit() const;
};

/// Local. What a run would take on so many ranks. Blocks are dealt by assign(), or as by Dispatcher: root
/// answers between two of its own blocks, or does nothing else.
///
/// Messages are as in the model of latency and bandwidth (Hockney, 1994): a tree over all ranks takes a
/// message for each doubling; what is scattered and gathered, one to each rank, as MPI_Scatterv of Open MPI
/// sends it.
Estimate estimate(const Work& work, const Machine& machine, Dealing dealing, int ranks);

/// Local. The fewest ranks, of at most so many, on which a run takes no more than a twentieth longer than on
/// the best of 1, 2, 4 … `most` ranks.
int enough_ranks(const Work& work, const Machine& machine, Dealing dealing, int most);

} // namespace swather
