// SPDX-License-Identifier: MIT
#pragma once

#include "base/stop.hpp"
#include "mpi/agree.hpp"
#include "run/broken_parts.hpp"
#include "run/monitor.hpp"
#include "run/options.hpp"
#include "run/progress.hpp"
#include "run/samples.hpp"
#include "run/schedule.hpp"
#include "sources/source.hpp"

#include <optional>
#include <vector>

namespace swather {

/// Local. Root: where the data of these blocks lie.
template <Source S>
std::vector<Descriptor> describe(S& source, const Plan& plan, const std::vector<Index>& blocks,
                                 BrokenParts& broken)
{
    std::vector<Descriptor> descriptors;
    for (const Index id : blocks) {
        throw_if_stopped();
        const Block block = plan.block(id);
        broken.guard(block, [&] { descriptors.push_back(source.describe(block)); });
    }
    return descriptors;
}

/// Collective. Does `work` on blocks: its error names the one that it is of.
template <Source S, class Work>
void in_blocks(const Communicator& comm, const S& source, const Plan& plan, Work&& work)
{
    try {
        work();
    } catch (Error& error) {
        if (comm.is_root() && error.order() != Error::no_order)
            error.within("block {} ({})", error.order(), label_of(source, plan.block(error.order())));
        throw;
    }
}

/// Collective. Deals out the blocks whose descriptors root's `describe_all` makes.
template <class Describe>
Schedule deal(const Communicator& comm, const RunOptions& options, Monitor& monitor, Describe&& describe_all)
{
    const Stopwatch planning{monitor.timings[Phase::plan]};
    std::vector<Descriptor> descriptors;
    share(comm, [&] { descriptors = describe_all(); });
    return Schedule{comm, std::move(descriptors), options.dealing};
}

/// Collective. Each rank: `work_on` one block after the other, then `end`; no communication but the alarm of
/// a rank that fails, and the next block where they are dealt on demand.
template <Source S, class Work, class End>
void work_through(const Communicator& comm, const S& source, const Plan& plan, const RunOptions& options,
                  Schedule& schedule, BrokenParts& broken, Monitor& monitor, Work&& work_on, End&& end)
{
    const Index done_before = plan.size() - schedule.blocks_of_all();
    Progress progress{comm,        options.progress, schedule.blocks_of_all(), schedule.cost_of_all(),
                      done_before, monitor.status};
    Timings& timings = monitor.timings;
    const double read_before = timings[Phase::read];
    const auto idle = [&] {
        schedule.serve();
        progress.poll();
        broken.listen();
    };
    const auto work = [&] {
        while (const std::optional<Descriptor> descriptor = schedule.next(idle)) {
            const Block& block = descriptor->block;
            broken.guard(block, [&] {
                try {
                    work_on(*descriptor);
                } catch (Error& error) {
                    throw error.ordered(block.id);
                }
            });
            broken.listen();
            monitor.enter(Phase::compute);
            progress.block_done(block.cost);
        }
        end();
    };
    const auto failure = agreed(comm, work, idle);
    progress.finish();
    schedule.finish();
    broken.settle();
    if (failure) throw *failure;
    // A view may read while the kernel computes.
    timings[Phase::read] = source.seconds_reading();
    timings[Phase::compute] -= timings[Phase::read] - read_before;
}

} // namespace swather
