// SPDX-License-Identifier: MIT
#include "cli/commands.hpp"

#include "cli/options.hpp"
#include "kernels/coverage.hpp"
#include "output/inspect.hpp"
#include "run/run.hpp"
#include "sources/flags.hpp"
#include "sources/reads.hpp"

#include <array>

namespace swather {

namespace {

Prepare coverage(CLI::App& command)
{
    struct Given {
        Reads::Options reads;
        Coverage::Options coverage;
        std::string exclude_flags;
    };
    auto given = std::make_shared<Given>();
    command.add_option("input", given->reads.path, "A BAM sorted by position, its .bai or .csi beside it")
        ->required()
        ->type_name("IN.bam");
    auto* reads = command.add_option_group("Reads", "");
    reads
        ->add_option("-r,--region", given->reads.regions,
                     "Only these positions, as samtools writes them; may be repeated")
        ->type_name("CONTIG[:FIRST-LAST]")
        ->allow_extra_args(false);
    reads->add_option("-Q,--min-mapq", given->coverage.min_mapq, "Leave out reads of a lower mapping quality")
        ->check(CLI::Range(0, 255))
        ->capture_default_str();
    reads->add_option("-q,--min-baseq", given->coverage.min_baseq, "Leave out bases of a lower quality")
        ->check(CLI::Range(0, 255))
        ->capture_default_str();
    reads
        ->add_option(
            "-G,--exclude-flags", given->exclude_flags,
            "Leave out reads with any of these flags too (number, 0x number, or names with commas), beside "
            "UNMAP,SECONDARY,QCFAIL,DUP")
        ->type_name("FLAGS");
    auto shared = SharedOptions::add_to(command);

    return [given, shared](const std::string& command_line) -> Action {
        given->coverage.exclude_flags |= parse_flags("--exclude-flags", given->exclude_flags);
        given->reads.with_qualities = given->coverage.min_baseq > 0;

        Fingerprint analysis;
        analysis.add("command", "coverage");
        analysis.add("--region", fmt::format("{}", fmt::join(given->reads.regions, " ")));
        analysis.add("--min-mapq", std::to_string(given->coverage.min_mapq));
        analysis.add("--min-baseq", std::to_string(given->coverage.min_baseq));
        analysis.add("--exclude-flags", fmt::format("{:#x}", given->coverage.exclude_flags));
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;
        given->reads.hash_whole = options.hash_inputs;

        return [given, options](const Communicator& comm) {
            Reads source{given->reads};
            run(comm, source, Coverage{given->coverage}, options);
        };
    };
}

Prepare inspect_command(CLI::App& command)
{
    auto path = std::make_shared<std::string>();
    command.add_option("file", *path, "An output file of swather")->required()->type_name("FILE.h5");
    return [path](const std::string&) -> Action {
        return [path](const Communicator&) { fmt::print("{}", inspect(*path)); };
    };
}

constexpr std::array table{
    Command{"coverage", Command::Kind::analysis,
            "Depth of every position of a BAM, as samtools depth -aa counts it", coverage},
    Command{"inspect", Command::Kind::local, "What is in an output file, on one screen", inspect_command},
};

} // namespace

std::span<const Command> commands() { return table; }

} // namespace swather
