// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.hpp"
#include "base/memory.hpp"
#include "base/stop.hpp"
#include "mpi/agree.hpp"
#include "output/assemble.hpp"
#include "output/kept_passes.hpp"
#include "output/output_file.hpp"
#include "output/print_columns.hpp"
#include "run/broken_parts.hpp"
#include "run/forecast.hpp"
#include "run/memory_limit.hpp"
#include "run/model_run.hpp"
#include "run/monitor.hpp"
#include "run/node_checks.hpp"
#include "run/options.hpp"
#include "run/progress.hpp"
#include "run/provenance.hpp"
#include "run/samples.hpp"
#include "run/schedule.hpp"
#include "run/time_limit.hpp"
#include "run/timings_csv.hpp"
#include "run/work.hpp"
#include "sources/csv_writer.hpp"
#include "sources/source.hpp"

#include <unistd.h>

#include <numeric>

namespace swather {

/// Collective. Read a block, compute, journal it, go on.
template <Source S, Kernel K>
void compute(const Communicator& comm, S& source, const K& kernel, const Plan& plan,
             const RunOptions& options, Schedule& schedule, Journal& journal, BrokenParts& broken,
             Monitor& monitor)
{
    Encoder encode{plan, options.compress};
    Timings& timings = monitor.timings;
    const auto work_on = [&](const Descriptor& descriptor) {
        const Block& block = descriptor.block;
        monitor.begin(block, source.seconds_reading());
        const auto results = timings.timed(Phase::compute, [&] { return kernel(source.read(descriptor)); });
        const std::size_t stored = timings.timed(Phase::journal, [&] {
            const Payload payload = encode(block, results, last_link(source));
            journal.append(block.id, payload);
            return payload.body.size();
        });
        monitor.end(block, stored, source.seconds_reading());
    };
    work_through(comm, source, plan, options, schedule, broken, monitor, work_on,
                 [&] { timings.timed(Phase::journal, [&] { journal.sync(); }); });
}

/// Collective. Split: rank 0 reads headers and indexes; the plan is some numbers, and does not know how many
/// ranks there are. `staging` as for Source::survey; `block_size`: root's, of the journal that is resumed.
template <Source S, Kernel K>
Plan plan_of(const Communicator& comm, S& source, const K& kernel, const RunOptions& options,
             const std::string& staging, std::optional<Index> block_size = {})
{
    Plan plan;
    share(comm, [&] {
        source.survey(staging);
        check_samples(source);
        const std::vector<Index> cells = cells_of_samples(source);
        const auto cut = [&](Index size) {
            return Plan(cells, size, kernel.halo(), source.domain().width());
        };
        plan = cut(block_size ? *block_size
                              : options.block_size_for(std::accumulate(cells.begin(), cells.end(), Index{0}),
                                                       source.weight(), source.block_sizes()));
        while (!block_size && options.may_cut_smaller(plan, source.block_sizes()) &&
               !forecast_of(plan, source, kernel, options).fits(options))
            plan = cut(plan.block_size() / 2);
        forecast_of(plan, source, kernel, options).check(options, source.domain().unit());
    });
    return Plan::unpack(comm.broadcast(plan.pack()));
}

/// Collective. What a kernel must know of all blocks before it computes any: each rank counts, block by
/// block, and the sums teach all of them the same, on any number of ranks. The sums of whole passes are kept
/// beside the journal, unless it is for what is printed: a run that is resumed goes on with the pass that it
/// was in.
template <Source S, ScoutingKernel K>
void scout(const Communicator& comm, S& source, K& kernel, const Plan& plan, const RunOptions& options,
           BrokenParts& broken, Monitor& monitor)
{
    std::vector<Index> all(static_cast<std::size_t>(plan.size()));
    std::iota(all.begin(), all.end(), Index{0});
    const auto count = [&](std::span<Index> counts) {
        Schedule schedule = deal(comm, options, monitor, [&] { return describe(source, plan, all, broken); });
        const auto work_on = [&](const Descriptor& descriptor) {
            monitor.enter(Phase::compute, descriptor.block.id);
            monitor.timings.timed(Phase::compute, [&] { kernel.scout(source.read(descriptor), counts); });
        };
        work_through(comm, source, plan, options, schedule, broken, monitor, work_on, [] {});
    };
    const bool keeps = !options.prints();
    for (Index pass = 1; kernel.must_scout(); ++pass) {
        std::vector<Index> counts(static_cast<std::size_t>(kernel.counts()));
        // Root's; those of the others are 0, and so the sums are root's too.
        const bool is_kept =
            keeps && share(comm, [&] { return read_kept_pass(options.journal(), pass, counts); });
        try {
            if (!is_kept) in_blocks(comm, source, plan, [&] { count(counts); });
        } catch (Error& error) {
            if (keeps && error.code() == Exit::stopped)
                error.remedy("it had not yet begun to compute: of its passes over the input {} are whole",
                             pass - 1);
            throw;
        }
        counts = comm.sums(std::move(counts));
        std::string known;
        agree(comm, [&] { known = kernel.learn(counts); });
        if (keeps && !is_kept) share(comm, [&] { keep_pass(options.journal(), pass, counts); });
        spdlog::info("{}: pass {} over {}{}: {}", K::name, pass, counted(plan.size(), "block"),
                     is_kept ? ", of an earlier run" : "", known);
    }
}

/// Collective. Scatter, and compute all blocks that are not in the journal.
template <Source S, Kernel K>
void compute_missing(const Communicator& comm, S& source, const K& kernel, const Plan& plan,
                     const RunOptions& options, Journal& journal, BrokenParts& broken, const Nodes& nodes,
                     Monitor& monitor)
{
    if (comm.is_root()) monitor.bytes_in = source.weight(); // while the survey lasts
    // Each rank gets the descriptors of its own blocks, not their data.
    const auto schedule_missing = [&] {
        return deal(comm, options, monitor, [&] {
            auto descriptors = describe(source, plan, journal.missing(), broken);
            if (!LinkedSource<S>) source.end_survey();
            return descriptors;
        });
    };
    in_blocks(comm, source, plan, [&] {
        Schedule schedule = schedule_missing();
        spdlog::info("{}: {}{} ({}) in {}, {} to compute on {} of {}", K::name,
                     counted(plan.cells(), source.domain().unit()),
                     samples_of(source) > 1 ? " of " + counted(samples_of(source), "sample") : "",
                     human_bytes(monitor.bytes_in), counted(plan.size(), "block"),
                     with_commas(schedule.blocks_of_all()), counted(comm.size(), "rank"),
                     counted(nodes.size(), "node"));
        compute(comm, source, kernel, plan, options, schedule, journal, broken, monitor);
        if constexpr (LinkedSource<S>) {
            // Some blocks guessed what those before have left behind: those that were wrong, once more.
            journal.keep(comm, [&](const auto& links) { return source.settle(links); });
            Schedule again = schedule_missing();
            if (again.blocks_of_all() == 0) return;
            spdlog::info("{} guessed wrong what those before them leave behind: computed again",
                         counted(again.blocks_of_all(), "block"));
            compute(comm, source, kernel, plan, options, again, journal, broken, monitor);
        }
    });
}

/// Collective. What a run would do, or take on other numbers of ranks, or one of its blocks alone: nothing is
/// kept of any.
template <Source S, Kernel K>
void rehearse(const Communicator& comm, S& source, const K& kernel, const RunOptions& options)
{
    const std::string staging = options.dry_run ? "" : options.journal();
    const PassingJournal staged{comm.is_root() ? staging : ""};
    double planning = 0;
    const Plan plan = [&] {
        const CpuStopwatch stopwatch{planning};
        return plan_of(comm, source, kernel, options, staging);
    }();
    share(comm, [&] {
        if (options.model) return model_run(source, kernel, plan, options, planning);
        if (options.dry_run)
            return forecast_of(plan, source, kernel, options)
                .print(source, passes_of(kernel), comm.size(), options.dealing);
        try_block(source, kernel, plan, options);
    });
    if (!options.only_block) check_none_broken(comm, source, plan);
}

/// Collective. Gather: every rank writes its own chunks into the one file, in which each sample of several
/// has a group. Root has the tables of one sample at a time.
template <Source S, Kernel K>
void gather(const Communicator& comm, const S& source, const K& kernel, const Plan& plan,
            const RunOptions& options, Journal& journal, const BrokenParts& broken, OutputFile& file)
{
    const Index samples = samples_of(source);
    file.create({std::string(K::title), samples > 1 ? "cohort" : std::string(K::name)});
    for (const PlanPart& part : plan.parts()) {
        if (broken.contains(part.number)) continue;
        const std::string above = comm.is_root() ? group_above(source, part.number) : "";
        Content made =
            Assembler{comm, part, journal, domain_of(source, part.number), options.assembly(samples), above}(
                kernel.outputs());
        if (comm.is_root()) {
            const std::string group = above + "/" + std::string(K::name);
            made.append(supplement_of(source, group));
            made.append(supplement_of(kernel, group));
            made.append(name_of_group(source, part.number));
        }
        file.add(made);
    }
    file.write(journal);
    if constexpr (SampledSource<S> && CohortKernel<K>) {
        if (samples == 1) return;
        Cohort cohort;
        share(comm, [&] { cohort = cohort_of(source, plan, broken, kernel.cohort()); });
        file.add(cohort);
    }
}

/// Collective. Split, scout where the kernel must, scatter, compute, gather: into one file.
template <Source S, Kernel K>
void make_file(const Communicator& comm, const Nodes& nodes, S& source, K& kernel, const RunOptions& options,
               Monitor& monitor)
{
    const std::string started = time_stamp();

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
        monitor.complete("up to date");
        spdlog::info("'{}' is up to date: nothing to do", options.output);
        return tell_missing(comm, options.output, samples_of(source));
    }
    check_shared(comm, nodes, folder_of(options.output));
    check_shared(comm, nodes, folder_of(options.journal()));
    check_inputs_alike(comm, nodes, inputs, [&] { return source.identity(); });

    const Plan plan = monitor.during(Phase::plan, [&] {
        const auto kept =
            comm.is_root() && options.resume ? block_size_in(options.journal(), fingerprint) : std::nullopt;
        return plan_of(comm, source, kernel, options, options.journal(), kept);
    });
    Journal journal{comm, options.journal(), with_plan(fingerprint, plan), options.resume, plan.size()};
    // What was computed while an input changed is of no state of it, and must not be resumed from. (A run
    // that is stopped has no time to look.)
    const auto check_inputs = [&] {
        share(comm, [&] {
            const auto now = source.identity();
            if (now != inputs) journal.remove();
            throw_if_changed(inputs, now);
        });
    };
    BrokenParts broken = broken_parts_of(comm, source);
    try {
        if constexpr (ScoutingKernel<K>) scout(comm, source, kernel, plan, options, broken, monitor);
        compute_missing(comm, source, kernel, plan, options, journal, broken, nodes, monitor);
        check_left(comm, source, plan, broken);
    } catch (const AgreedError& error) {
        if (error.code() != Exit::stopped) check_inputs();
        throw;
    }

    give_back_memory(); // of blocks
    monitor.during(Phase::write, [&] { gather(comm, source, kernel, plan, options, journal, broken, file); });
    monitor.during(Phase::verify, [&] {
        if (options.verify) file.verify();
        check_inputs();
        file.publish(provenance_of(comm, nodes, options, fingerprint, inputs, plan, started));
    });
    if (comm.is_root()) journal.remove();
    monitor.report(options, plan.size());
    monitor.complete("complete");
    spdlog::info("'{}' is complete: {} in {}", options.output, human_size_of(options.output),
                 human_seconds(seconds_since_start()));
    tell_missing(comm, options.output, samples_of(source));
}

/// Collective. The same, but the table of groups, rows or items is printed on stdout, and nothing is kept.
template <Source S, TableKernel K>
void print(const Communicator& comm, const Nodes& nodes, S& source, K& kernel, const RunOptions& options,
           Monitor& monitor)
{
    std::vector<Identity> inputs;
    share(comm, [&] { inputs = source.identity(); });
    check_shared(comm, nodes, folder_of(options.journal()));
    check_inputs_alike(comm, nodes, inputs, [&] { return source.identity(); });
    const PassingJournal passing{comm.is_root() ? options.journal() : ""};
    const Plan plan = monitor.during(
        Phase::plan, [&] { return plan_of(comm, source, kernel, options, options.journal()); });
    Journal journal{comm, options.journal(), options.analysis, false, plan.size()};
    BrokenParts broken{comm, false};
    if constexpr (ScoutingKernel<K>) scout(comm, source, kernel, plan, options, broken, monitor);
    compute_missing(comm, source, kernel, plan, options, journal, broken, nodes, monitor);
    journal.unlink(comm); // mpirun kills its ranks when its own output is closed

    const auto outputs = kernel.outputs();
    const PlanPart& all = plan.parts().front();
    const AssemblyOptions assembly = options.assembly();
    monitor.during(Phase::write, [&] {
        Assembler{comm, all, journal, source.domain(), assembly}.check(outputs);
        share(comm, [&] { throw_if_changed(inputs, source.identity()); });
        monitor.end_watch(); // whoever reads may pause
        auto table = in_order(comm, journal, all.ids(), outputs, 0, assembly.range_bytes);
        print_columns(
            comm, table.columns(), [&] { return table.next(); },
            options.csv ? comma_separated() : tab_separated());
    });
    monitor.report(options, plan.size());
    monitor.complete("complete");
}

/// Collective. The whole program, behind the command line; within with_status.
template <Source S, Kernel K>
void run(const Communicator& comm, S& source, K kernel, RunOptions options, Status& status)
{
    const Nodes nodes{comm};
    options.run_id = fmt::format("{}-{}", nodes.host(0), comm.broadcast(Index{::getpid()}));
    share(comm, [&] {
        options.check(TableKernel<K>);
        if (!options.timings_csv.empty()) check_timings_place(options.timings_csv);
        if (!options.timings_blocks.empty()) check_block_timings_place(options.timings_blocks);
    });
    if (options.memory_auto) {
        options.memory = comm.minimum(memory_of_rank(nodes.ranks_here()));
        spdlog::info("--memory auto: {} a rank", human_bytes(static_cast<double>(*options.memory)));
    }
    if (options.rehearses()) return rehearse(comm, source, kernel, options);
    share(comm, [&] {
        if (!options.time_limit.empty()) keep_time_limit(options.time_limit);
    });
    Monitor monitor{comm, nodes, options, status};
    try {
        if constexpr (TableKernel<K>)
            if (options.prints()) return print(comm, nodes, source, kernel, options, monitor);
        make_file(comm, nodes, source, kernel, options, monitor);
    } catch (AgreedError& error) {
        if (!options.prints() && (error.code() == Exit::stopped || error.code() == Exit::io))
            error.remedy("{}", options.way_on());
        monitor.end_watch();
        throw;
    }
}

} // namespace swather
