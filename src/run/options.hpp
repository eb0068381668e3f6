// SPDX-License-Identifier: MIT
#pragma once

#include "base/fingerprint.hpp"
#include "grid/plan.hpp"
#include "output/assemble.hpp"
#include "run/scaling_model.hpp"

#include <optional>
#include <string>

namespace swather {

/// Bytes of a process before it has read anything: MPI, HDF5 and htslib, as measured with 1 and 64 ranks.
inline constexpr double process_memory = 40 << 20;

/// What every analysis is told, whatever it computes.
struct RunOptions {
    std::string output;
    std::string scratch; ///< folder of the journal; empty: beside the output
    bool force = false;
    bool resume = false;
    bool dry_run = false;
    bool verify = true;
    bool hash_inputs = false;
    bool timings = false;
    bool csv = false; ///< what is printed is CSV, not tab-separated
    int compress = 1;
    std::optional<Index> block_size; ///< in cells; without one, by the weight of the input
    std::optional<Index> memory;     ///< bytes that a rank may use
    bool memory_auto = false;        ///< they are what the node, or SLURM, gives
    std::optional<Index> only_block;
    std::optional<ModelOptions> model; ///< only tell what a run on these numbers of ranks would take
    std::string time_limit;            ///< as for keep_time_limit; empty: none
    Dealing dealing = Dealing::beforehand;
    double watchdog = 0; ///< seconds of standstill that end a run; 0: none do
    std::string progress = "auto";
    std::string status;         ///< file that says what the run is doing; empty: none
    std::string timings_csv;    ///< file to which a line about the run is appended; empty: none
    std::string timings_blocks; ///< file for a line about each block; empty: none
    std::string command_line;
    std::string run_id;   ///< tells apart runs of which nothing is kept
    Fingerprint analysis; ///< the command and those of its options that decide the data

    /// Local. Where the journal is.
    [[nodiscard]] std::string journal() const;
    /// Local. Whether the results are printed, and no file is made.
    [[nodiscard]] bool prints() const { return output == "-"; }
    /// Local. Whether nothing is kept of the run: it is only to show what it would do or take, or what one
    /// block does.
    [[nodiscard]] bool rehearses() const { return dry_run || only_block || model; }
    /// Local. `Exit::usage` where two of the files that are to be written are the same.
    void check_names() const;
    /// Local. `Exit::usage` where the options contradict each other, or the results are to be printed and
    /// cannot be; `Exit::cannot_create` where the folder for the journal is not there, or a name is too
    /// long.
    void check(bool can_print) const;
    /// Local. What to do after a run that has ended early.
    [[nodiscard]] std::string way_on() const;
    /// Local. How the results of each of so many samples are gathered.
    [[nodiscard]] AssemblyOptions assembly(Index samples = 1) const;
    /// Local. The cells of a block of a domain of `cells` cells and `bytes` bytes of input. It depends on
    /// nothing else, so that a run resumes on any number of ranks.
    [[nodiscard]] Index block_size_for(Index cells, double bytes, const BlockSizes& sizes) const;
    /// Local. Whether the blocks of a plan may be made smaller to keep to the memory that was given.
    [[nodiscard]] bool may_cut_smaller(const Plan& plan, const BlockSizes& sizes) const
    {
        return memory && !block_size && plan.block_size() > sizes.smallest;
    }
};

} // namespace swather
