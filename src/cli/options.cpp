// SPDX-License-Identifier: MIT
#include "cli/options.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/option_rules.hpp"

namespace swather {

std::shared_ptr<SharedOptions> SharedOptions::add_to(CLI::App& command)
{
    auto shared = std::make_shared<SharedOptions>();
    RunOptions& run = shared->given_;
    const auto group = [&](const char* name) { return command.add_option_group(name, ""); };

    auto* output = group("Output");
    output->add_option("-o,--output", run.output, "The HDF5 file to make")->type_name("OUT.h5");
    output->add_flag("-f,--force", run.force, "Replace an output that exists");
    output->add_option("--compress", run.compress, "Deflate level of the chunks")
        ->check(CLI::Range(0, 9))
        ->capture_default_str();
    output->add_flag("--no-verify", shared->no_verify_, "Do not read the file back before it gets its name");
    output->add_flag("--hash-inputs", run.hash_inputs,
                     "Identify the inputs by all of their bytes, not by their ends");

    auto* journal = group("Restart");
    journal->add_flag("--resume", run.resume, "Go on where an ended run left off, on any number of ranks");
    journal
        ->add_option("--scratch", run.scratch,
                     "Folder of the journal, seen by all ranks; without it, beside the output")
        ->type_name("DIR");

    journal
        ->add_option("--time-limit", run.time_limit,
                     "Stop in order before this time is over: exit code 75, and --resume goes on; auto: what "
                     "SLURM has left for the job")
        ->type_name("30m|1:30:00|auto");

    auto* work = group("Work");
    work->add_option(
            "--block-size", shared->block_size_,
            "Positions, bytes, slices or rows of a block, the unit of work; K, M and G are powers of 1000")
        ->type_name("N[K|M|G]");
    work->add_option(
            "--schedule", shared->schedule_,
            "How blocks are dealt out: all beforehand by their cost (static), or to who is done first")
        ->check(CLI::IsMember({"static", "dynamic"}))
        ->capture_default_str();
    work->add_option(
            "--memory", shared->memory_,
            "What a rank may use at most; K, M and G are powers of 1024; auto: its part of what SLURM, "
            "the control group or the node has")
        ->type_name("N[K|M|G]|auto");
    work->add_flag("--dry-run", run.dry_run, "Print the plan, write nothing");
    work->add_option("--only-block", run.only_block,
                     "Compute this block alone and print what came out, write nothing")
        ->type_name("ID");

    work->add_option("--watchdog", shared->watchdog_,
                     "End the run where no rank has got on, read or written for so long; off: never")
        ->type_name("30m|off")
        ->capture_default_str();

    auto* messages = group("Messages");
    messages->add_option("--progress", run.progress, "A bar on a terminal, lines in a log (auto), or as said")
        ->check(CLI::IsMember({"auto", "bar", "plain", "none"}))
        ->capture_default_str();
    messages->add_option("--status", run.status, "Keep what the run is doing in this small JSON file")
        ->type_name("FILE.json");
    messages->add_flag("--timings", run.timings, "Print the seconds of each phase on each rank");
    messages->add_option("--timings-csv", run.timings_csv, "Append a line about this run to a CSV file")
        ->type_name("FILE.csv");
    messages
        ->add_option("--timings-blocks", run.timings_blocks, "Write a line about each block to a CSV file")
        ->type_name("FILE.csv");
    if (command.get_parent()->get_name() == "plan") add_model(command, shared->model_.emplace());
    return shared;
}

void SharedOptions::add_model(CLI::App& command, Model& model)
{
    auto* group = command.add_option_group("Model", "");
    group->add_option("--ranks", model.ranks, "A line for each of these numbers of ranks")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N[,…]")
        ->capture_default_str();
    group
        ->add_option(
            "--per-block", model.per_block,
            "What blocks took, by --timings-blocks of a run on one rank; without it, one is tried now")
        ->type_name("FILE.csv");
    group->add_option("--latency", model.latency, "Of a message, in µs")
        ->check(number_from(1e-6, 1e9))
        ->capture_default_str();
    group->add_option("--bandwidth", model.bandwidth, "What rank 0 sends, in GB/s")
        ->check(number_from(1e-6, 1e9))
        ->capture_default_str();
    group
        ->add_option(
            "--io-bandwidth", model.io_bandwidth,
            "Of the file system, for all ranks together, in GB/s; without it, it keeps nobody waiting")
        ->check(number_from(1e-6, 1e9));
    group
        ->add_option(
            "--gathering", model.gathering,
            "Seconds of write and verify, by --timings of a run on one rank; without it, by the chunks of "
            "the output")
        ->check(number_from(0, 1e9));
    group->add_flag("--csv", model.as_csv, "Print the table as CSV, in seconds and bytes");
}

ModelOptions SharedOptions::options_of(const Model& model)
{
    return {.ranks = model.ranks,
            .per_block = model.per_block,
            .machine = {.latency = 1e-6 * model.latency,
                        .bandwidth = 1e9 * model.bandwidth,
                        .io_bandwidth =
                            model.io_bandwidth ? std::optional(1e9 * *model.io_bandwidth) : std::nullopt},
            .gathering = model.gathering,
            .as_csv = model.as_csv};
}

RunOptions SharedOptions::options(Fingerprint analysis) const
{
    RunOptions run = given_;
    run.analysis = std::move(analysis);
    run.verify = !no_verify_;
    if (block_size_) run.block_size = parse_size("--block-size", *block_size_, 1000);
    run.memory_auto = memory_ == "auto";
    if (memory_ && !run.memory_auto) run.memory = parse_size("--memory", *memory_, 1024);
    run.dealing = schedule_ == "dynamic" ? Dealing::on_demand : Dealing::beforehand;
    if (watchdog_ != "off") run.watchdog = parse_duration("--watchdog", watchdog_);
    if (model_) {
        run.model = options_of(*model_);
        // Of a command line that stands behind `plan` as it is; what it would write is not written.
        run.dry_run = false;
        run.only_block.reset();
    }
    if (run.output.empty() && !run.rehearses())
        throw Error(Exit::usage, "no output was given").remedy("name the file to make: -o OUT.h5");
    return run;
}

} // namespace swather
