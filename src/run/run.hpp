// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.hpp"
#include "base/stop.hpp"
#include "mpi/agree.hpp"
#include "output/assemble.hpp"
#include "output/output_file.hpp"
#include "output/print_groups.hpp"
#include "run/forecast.hpp"
#include "run/options.hpp"
#include "run/progress.hpp"
#include "run/provenance.hpp"
#include "run/schedule.hpp"
#include "run/time_limit.hpp"
#include "run/timings.hpp"
#include "sources/source.hpp"

#include <unistd.h>

namespace swather {

/// Collective. Each rank: read a block, compute, journal it, go on; no communication but the alarm of a rank
/// that fails.
template <Source S, Kernel K>
void compute(const Communicator& comm, S& source, const K& kernel, const Plan& plan,
             const RunOptions& options, Schedule& schedule, Journal& journal, Timings& timings)
{
    Encoder encode{plan, options.compress};
    Progress progress{comm, options.progress, schedule.blocks_of_all(), schedule.cost_of_all()};
    double seconds_reading_and_computing = 0;
    const auto work = [&] {
        while (const std::optional<Descriptor> descriptor = schedule.next()) {
            const Block& block = descriptor->block;
            try {
                const auto results =
                    timed(seconds_reading_and_computing, [&] { return kernel(source.read(*descriptor)); });
                timed(timings[Phase::journal],
                      [&] { journal.append(block.id, encode(block, results, last_link(source))); });
            } catch (Error& error) {
                throw error.ordered(block.id);
            }
            progress.block_done(block.cost);
        }
        timed(timings[Phase::journal], [&] { journal.sync(); });
    };
    const auto failure = agreed(comm, work, [&] { progress.poll(); });
    progress.finish();
    if (failure) throw *failure;
    timings[Phase::compute] +=
        seconds_reading_and_computing - (source.seconds_reading() - timings[Phase::read]);
    timings[Phase::read] = source.seconds_reading();
}

/// Collective. Split: rank 0 reads headers and indexes; the plan is four numbers, and does not know how many
/// ranks there are. `staging` as for Source::survey.
template <Source S, Kernel K>
Plan plan_of(const Communicator& comm, S& source, const K& kernel, const RunOptions& options,
             const std::string& staging)
{
    return share(comm, [&] {
        source.survey(staging);
        const Index cells = source.domain().size();
        const auto cut = [&](Index block_size) {
            return split(cells, block_size, kernel.halo(), source.domain().width());
        };
        Plan plan = cut(options.block_size_for(cells, source.weight(), source.block_sizes()));
        while (options.may_cut_smaller(plan, source.block_sizes()) &&
               !forecast_of(plan, source, kernel, options).fits(options))
            plan = cut(plan.block_size / 2);
        forecast_of(plan, source, kernel, options).check(options, source.domain().unit());
        return plan;
    });
}

/// Collective. Scatter, and compute all blocks that are not in the journal.
template <Source S, Kernel K>
void compute_missing(const Communicator& comm, S& source, const K& kernel, const Plan& plan,
                     const RunOptions& options, Journal& journal, Timings& timings)
{
    // Each rank gets the descriptors of its own blocks, not their data.
    const auto schedule_missing = [&] {
        const Stopwatch planning{timings[Phase::plan]};
        std::vector<Descriptor> descriptors;
        share(comm, [&] {
            for (const Index id : journal.missing()) {
                throw_if_stopped();
                descriptors.push_back(source.describe(plan.block(id)));
            }
            if (!LinkedSource<S>) source.end_survey();
        });
        return Schedule{comm, std::move(descriptors)};
    };
    try {
        Schedule schedule = schedule_missing();
        spdlog::info("{}: {} in {}, {} to compute on {}", K::name,
                     counted(plan.cells, source.domain().unit()), counted(plan.size(), "block"),
                     with_commas(schedule.blocks_of_all()), counted(comm.size(), "rank"));
        compute(comm, source, kernel, plan, options, schedule, journal, timings);
        if constexpr (LinkedSource<S>) {
            // Some blocks guessed what those before have left behind: those that were wrong, once more.
            journal.keep(comm, [&](const auto& links) { return source.settle(links); });
            Schedule again = schedule_missing();
            if (again.blocks_of_all() == 0) return;
            spdlog::info("{} guessed wrong what those before them leave behind: computed again",
                         counted(again.blocks_of_all(), "block"));
            compute(comm, source, kernel, plan, options, again, journal, timings);
        }
    } catch (Error& error) {
        if (comm.is_root() && error.order() != Error::no_order)
            error.within("block {} ({})", error.order(),
                         source.domain().label(plan.block(error.order()).core));
        throw;
    }
}

/// Collective. What a run would do, or one of its blocks alone: nothing is kept of either.
template <Source S, Kernel K>
void rehearse(const Communicator& comm, S& source, const K& kernel, const RunOptions& options)
{
    const std::string staging = options.dry_run ? "" : options.journal();
    const PassingJournal staged{comm.is_root() ? staging : ""};
    const Plan plan = plan_of(comm, source, kernel, options, staging);
    share(comm, [&] {
        if (options.dry_run) return forecast_of(plan, source, kernel, options).print(source, comm.size());
        try_block(source, kernel, plan, options);
    });
}

/// Collective. Split, scatter, compute, gather: into one file.
template <Source S, Kernel K>
void make_file(const Communicator& comm, S& source, const K& kernel, const RunOptions& options)
{
    const std::string started = time_stamp();
    Timings timings;
    timings[Phase::launch] = seconds_since_start();

    // What stands at the output's name; from here on it is this run's.
    std::vector<Identity> inputs;
    Fingerprint fingerprint;
    share(comm, [&] {
        inputs = source.identity();
        fingerprint = fingerprint_of(options, inputs);
        check_output_place(options.output, paths_of(inputs));
    });
    OutputFile file{comm, options.output};
    const Existing existing =
        share(comm, [&] { return look_at_output(options.output, fingerprint, options.force); });
    if (existing == Existing::up_to_date) {
        if (comm.is_root())
            remove_journal(options.journal()); // of a run that was killed just before it did so
        return spdlog::info("'{}' is up to date: nothing to do", options.output);
    }

    const Plan plan = timed(timings[Phase::plan],
                            [&] { return plan_of(comm, source, kernel, options, options.journal()); });
    Journal journal{comm, options.journal(), with_plan(fingerprint, plan), options.resume, plan.size()};
    compute_missing(comm, source, kernel, plan, options, journal, timings);

    // Gather: every rank writes its own chunks into the one file, another rank reads them back.
    const Content content = timed(timings[Phase::write], [&] {
        Content made = Assembler{comm, plan, journal, source.domain(), options.assembly()}(kernel.outputs());
        if (comm.is_root()) {
            const std::string group = "/" + std::string(K::name);
            made.append(supplement_of(source, group));
            made.append(supplement_of(kernel, group));
        }
        made.title = K::title;
        made.default_group = K::name;
        file.write(made, journal);
        return made;
    });
    timed(timings[Phase::verify], [&] {
        if (options.verify) file.verify();
        share(comm, [&] { throw_if_changed(inputs, source.identity()); });
        file.publish(content, provenance_of(comm, options, fingerprint, inputs, plan, started));
    });
    if (comm.is_root()) journal.remove();
    timings.log(comm);
    spdlog::info("'{}' is complete: {} in {}", options.output, human_size_of(options.output),
                 human_seconds(seconds_since_start()));
    if (options.timings) timings.print(comm);
}

/// Collective. The same, but the groups are printed on stdout, and nothing is kept.
template <Source S, GroupingKernel K>
void print(const Communicator& comm, S& source, const K& kernel, const RunOptions& options)
{
    Timings timings;
    timings[Phase::launch] = seconds_since_start();
    std::vector<Identity> inputs;
    share(comm, [&] { inputs = source.identity(); });
    const PassingJournal passing{comm.is_root() ? options.journal() : ""};
    const Plan plan = timed(timings[Phase::plan],
                            [&] { return plan_of(comm, source, kernel, options, options.journal()); });
    Journal journal{comm, options.journal(), options.analysis, false, plan.size()};
    compute_missing(comm, source, kernel, plan, options, journal, timings);
    journal.unlink(comm); // mpirun kills its ranks when its own output is closed

    const auto outputs = kernel.outputs();
    const AssemblyOptions assembly = options.assembly();
    timed(timings[Phase::write], [&] {
        Assembler{comm, plan, journal, source.domain(), assembly}.check(outputs);
        share(comm, [&] { throw_if_changed(inputs, source.identity()); });
        print_groups(comm, Groups{comm, journal, std::get<0>(outputs), 0, assembly.range_bytes});
    });
    if (options.timings) timings.print(comm);
}

/// Collective. The whole program, behind the command line.
template <Source S, Kernel K>
void run(const Communicator& comm, S& source, const K& kernel, RunOptions options)
{
    options.run_id = comm.broadcast(Index{::getpid()});
    share(comm, [&] { options.check(GroupingKernel<K>); });
    if (options.dry_run || options.only_block) return rehearse(comm, source, kernel, options);
    if (comm.is_root() && !options.time_limit.empty()) keep_time_limit(options.time_limit);
    if constexpr (GroupingKernel<K>)
        if (options.prints()) return print(comm, source, kernel, options);
    try {
        make_file(comm, source, kernel, options);
    } catch (Error& error) {
        if (error.code() == Exit::stopped || error.code() == Exit::io) error.remedy("{}", options.way_on());
        throw;
    }
}

} // namespace swather
