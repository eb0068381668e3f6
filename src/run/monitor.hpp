// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/nodes.hpp"
#include "run/block_timings.hpp"
#include "run/options.hpp"
#include "run/status.hpp"
#include "run/timings.hpp"
#include "run/watchdog.hpp"

namespace swather {

/// What others see of a run while it goes on: the seconds of its phases, a status file, a watchdog.
class Monitor {
public:
    /// Collective.
    Monitor(const Communicator& comm, const Nodes& nodes, const RunOptions& options, Status& status);

    /// Local. What `work` returns, which is done in a phase.
    template <class Work>
    decltype(auto) during(Phase phase, Work&& work)
    {
        enter(phase);
        return timings.timed(phase, work);
    }
    /// Local. A phase has begun, or a block of it.
    void enter(Phase phase, Index block = Watchdog::no_block);
    /// Local. A block is begun, and done with so many bytes of results; `seconds_reading`: of its source, so
    /// far.
    void begin(const Block& block, double seconds_reading);
    void end(const Block& block, std::size_t stored, double seconds_reading);
    /// Collective. From here on nothing that stands still ends the run. Every run ends its watch, also one
    /// that fails.
    void end_watch();

    /// Collective. The end of a run that went well. `state`: as for Status.
    void complete(const char* state);

    /// Collective. Logs and keeps the timings as the options want it, of a run of so many blocks.
    void report(const RunOptions& options, Index blocks);

    Timings timings;
    Status& status;
    double bytes_in = 0; ///< root's: of all that is to be read

private:
    void keep_timings(const RunOptions& options, Index blocks,
                      const std::vector<Timings::OfRank>& ranks) const;

    const Communicator& comm_;
    const Nodes& nodes_;
    Watchdog watchdog_;
    std::optional<BlockTimings> blocks_; ///< where a line about each is wanted
};

} // namespace swather
