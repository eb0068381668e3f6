// SPDX-License-Identifier: MIT
#include "run/monitor.hpp"

#include "base/log.hpp"
#include "mpi/agree.hpp"
#include "run/provenance.hpp"
#include "run/timings_csv.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace swather {

Monitor::Monitor(const Communicator& comm, const Nodes& nodes, const RunOptions& options, Status& given)
    : status(given)
    , comm_(comm)
    , nodes_(nodes)
    , watchdog_(comm, nodes, options.watchdog, [this, prints = options.prints()](Error error) {
        // Whether there is a journal is not for this thread to see: its file system may not answer.
        error.remedy("{}", prints ? "then run the same command again"
                                  : "then run the same command again with --resume: whole blocks are kept");
        fmt::print(stderr, "swather: error: {}\n", error.what());
        status.fail(error);
    })
{
    if (!options.timings_blocks.empty()) blocks_.emplace();
    timings[Phase::launch] = seconds_since_start();
    status.know("nodes", nodes.names());
    status.enter(name_of(Phase::plan));
}

void Monitor::complete(const char* state)
{
    status.complete(state);
    end_watch();
}

void Monitor::end_watch() { watchdog_.stop(); }

void Monitor::enter(Phase phase, Index block)
{
    watchdog_.see(phase, block);
    if (comm_.is_root()) status.enter(name_of(phase));
}

void Monitor::begin(const Block& block, double seconds_reading)
{
    enter(Phase::compute, block.id);
    if (blocks_) blocks_->begin(timings, seconds_reading);
}

void Monitor::end(const Block& block, std::size_t stored, double seconds_reading)
{
    if (blocks_) blocks_->end(block, stored, timings, seconds_reading);
}

void Monitor::report(const RunOptions& options, Index blocks)
{
    const auto ranks = timings.gathered(comm_);
    const auto of_blocks = blocks_ ? blocks_->gathered(comm_) : std::vector<BlockTiming>();
    share(comm_, [&] {
        log_timings(ranks, options.dealing == Dealing::beforehand && blocks > comm_.size());
        if (options.timings) print_timings(ranks);
        try {
            if (blocks_) write_block_timings(options.timings_blocks, of_blocks);
            if (!options.timings_csv.empty()) keep_timings(options, blocks, ranks);
        } catch (const Error& error) { // the results are there
            spdlog::warn("{}", error.what());
        }
    });
}

void Monitor::keep_timings(const RunOptions& options, Index blocks,
                           const std::vector<Timings::OfRank>& ranks) const
{
    std::error_code none;
    const auto bytes_out = options.prints() ? 0 : std::filesystem::file_size(options.output, none);
    const RunFacts facts{.date = time_stamp(),
                         .version = versions().front().second,
                         .command_line = options.command_line,
                         .hosts = fmt::format("{}", fmt::join(nodes_.names(), " ")),
                         .nodes = nodes_.size(),
                         .ranks = comm_.size(),
                         .schedule = options.dealing == Dealing::on_demand ? "dynamic" : "static",
                         .blocks = blocks,
                         .bytes_in = bytes_in,
                         .bytes_out = none ? 0 : static_cast<double>(bytes_out),
                         .wall = seconds_since_start()};
    append_timings(options.timings_csv, facts, ranks);
}

} // namespace swather
