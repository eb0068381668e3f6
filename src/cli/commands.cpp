// SPDX-License-Identifier: MIT
#include "cli/commands.hpp"

#include "base/units.hpp"
#include "cli/coverage_command.hpp"
#include "cli/design_command.hpp"
#include "cli/export_command.hpp"
#include "cli/fit_command.hpp"
#include "cli/motif_command.hpp"
#include "cli/options.hpp"
#include "cli/plan_command.hpp"
#include "cli/reduce_command.hpp"
#include "cli/rolling_command.hpp"
#include "cli/table_arguments.hpp"
#include "cli/transform_command.hpp"
#include "kernels/counts.hpp"
#include "output/inspect.hpp"
#include "run/run.hpp"
#include "sources/make_index.hpp"
#include "sources/table_rows.hpp"

#include <array>

namespace swather {

namespace {

Prepare counts(CLI::App& command)
{
    struct Given {
        Counts::Options counts;
        std::string sort = "key";
    };
    auto given = std::make_shared<Given>();
    auto* groups = command.add_option_group("Groups", "");
    const auto add_columns = [&](const char* name, std::vector<std::string>& columns, const char* what) {
        return groups->add_option(name, columns, what)
            ->type_name("COLUMN[,…]")
            ->delimiter(',')
            ->allow_extra_args(false);
    };
    add_columns("--by", given->counts.by, "Count the rows of each value of these columns")->required();
    add_columns("--sum", given->counts.sum, "Sum of a column in each group");
    add_columns("--mean", given->counts.mean, "Mean of a column");
    add_columns("--min", given->counts.min, "Smallest value: of numbers, else of bytes");
    add_columns("--max", given->counts.max, "Largest value");
    add_columns("--distinct", given->counts.distinct, "Number of different values");
    groups->add_option("--where", given->counts.where, "Only these rows: \"Age >= 18 and not Site == 'B'\"")
        ->type_name("EXPRESSION");
    groups->add_option("--sort", given->sort, "Groups by their keys, or the largest first")
        ->check(CLI::IsMember({"key", "count"}))
        ->capture_default_str();
    auto table = TableArguments::add_to(command, given->counts.strict);
    auto shared = SharedOptions::add_to(command);
    command.footer(
        "-o - prints the groups on stdout: tab-separated, with a header; in texts, tab, LF, CR and \\ "
        "are \\t, \\n, \\r and \\\\");

    return [given, table, shared](const std::string& command_line) -> Action {
        const auto list = [](const std::vector<std::string>& names) {
            return fmt::format("{}", fmt::join(names, ","));
        };
        given->counts.order_by_count = given->sort == "count";
        const Counts kernel(given->counts);

        Fingerprint analysis;
        analysis.add("command", "counts");
        analysis.add("--by", list(given->counts.by));
        analysis.add("--sum", list(given->counts.sum));
        analysis.add("--mean", list(given->counts.mean));
        analysis.add("--min", list(given->counts.min));
        analysis.add("--max", list(given->counts.max));
        analysis.add("--distinct", list(given->counts.distinct));
        analysis.add("--where", given->counts.where.value_or(""));
        analysis.add("--sort", given->sort);
        analysis.add("--strict", given->counts.strict ? "yes" : "no");
        TableOptions input = table->options(analysis);
        input.columns = kernel.columns();
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;
        input.hash_whole = options.hash_inputs;

        return [input, kernel, options](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                TableRows source{input};
                run(comm, source, kernel, options, status);
            });
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

Prepare stage_command(CLI::App& command)
{
    auto paths = std::make_shared<std::vector<std::string>>();
    command.add_option("files", *paths, "BAM, CRAM or FASTA")->required()->type_name("FILE");
    return [paths](const std::string&) -> Action {
        return [paths](const Communicator&) {
            for (const std::string& path : *paths) make_index(path);
        };
    };
}

constexpr std::array table{
    Command{
        "coverage", Command::Kind::analysis,
        "Depth of every position of a BAM or CRAM, as samtools depth, mosdepth or samtools mpileup counts it",
        coverage_command},
    Command{"counts", Command::Kind::analysis, "Rows, sums, means … of each group of a table", counts},
    Command{"design", Command::Kind::local,
            "The design matrix of a run of functional imaging, from its events", design_command},
    Command{"export", Command::Kind::local,
            "An output file as files of other programs: NIfTI maps of a fit, bedGraph … of coverage, "
            "BED of motif",
            export_command},
    Command{"fit", Command::Kind::analysis, "A model of the series of each voxel of a 4D image", fit_command},
    Command{"inspect", Command::Kind::local, "What is in an output file, on one screen", inspect_command},
    Command{"motif", Command::Kind::analysis,
            "Every occurrence of IUPAC patterns in the sequences of a FASTA", motif_command},
    Command{"plan", Command::Kind::local,
            "What an analysis would take on other numbers of ranks: time, imbalance, memory; modelled",
            plan_command},
    Command{"reduce", Command::Kind::analysis,
            "Sum, mean, sd, min, max … of arrays, over all or some of their axes", reduce_command},
    Command{"rolling", Command::Kind::analysis, "Mean, sum, min, max over a window that moves along an axis",
            rolling_command},
    Command{"stage", Command::Kind::local, "Makes the indexes that inputs need beside them", stage_command},
    Command{"transform", Command::Kind::analysis, "New columns of a table, by expressions over others",
            transform_command},
};

} // namespace

std::span<const Command> commands() { return table; }

} // namespace swather
