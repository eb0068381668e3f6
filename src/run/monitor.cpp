// SPDX-License-Identifier: MIT
#include "run/monitor.hpp"

#include "base/log.hpp"
#include "mpi/agree.hpp"
#include "run/provenance.hpp"
#include "run/timings_csv.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

namespace swather {

Monitor::Monitor(const Communicator& comm, const Nodes& nodes, const RunOptions& options)
    : status(comm.is_root() ? options.status : "")
    , comm_(comm)
    , nodes_(nodes)
    , watchdog_(comm, nodes, options.watchdog)
{
    timings[Phase::launch] = seconds_since_start();
    if (!comm.is_root()) return;
    status.know("command_line", options.command_line);
    status.know("output", options.output);
    status.know("ranks", comm.size());
    status.know("nodes", nodes.names());
    if (const char* const job = std::getenv("SLURM_JOB_ID")) status.know("SLURM_JOB_ID", job);
    status.enter(name_of(Phase::plan));
}

void Monitor::enter(Phase phase, Index block)
{
    watchdog_.see(phase, block);
    if (comm_.is_root()) status.enter(name_of(phase));
}

void Monitor::report(const RunOptions& options, Index blocks)
{
    const auto ranks = timings.gathered(comm_);
    share(comm_, [&] {
        log_timings(ranks);
        if (options.timings) print_timings(ranks);
        if (options.timings_csv.empty()) return;
        std::error_code none;
        const auto bytes_out = options.prints() ? 0 : std::filesystem::file_size(options.output, none);
        append_timings(options.timings_csv,
                       {{"date", time_stamp()},
                        {"version", versions().front().second},
                        {"command_line", options.command_line},
                        {"hosts", fmt::format("{}", fmt::join(nodes_.names(), " "))},
                        {"nodes", std::to_string(nodes_.size())},
                        {"ranks", std::to_string(comm_.size())},
                        {"schedule", options.dealing == Dealing::on_demand ? "dynamic" : "static"},
                        {"blocks", std::to_string(blocks)},
                        {"bytes_in", fmt::format("{:.0f}", bytes_in)},
                        {"bytes_out", std::to_string(none ? 0 : bytes_out)},
                        {"wall", fmt::format("{:.3f}", seconds_since_start())}},
                       ranks);
    });
}

} // namespace swather
