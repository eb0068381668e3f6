// SPDX-License-Identifier: MIT
#include "cli/design_command.hpp"

#include "base/file.hpp"
#include "cli/design_options.hpp"
#include "output/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace swather {

namespace {

namespace fs = std::filesystem;

/// Calls `put` with each line of a table: the shortest digits of each value that give it back.
template <class Put>
void for_each_line(const Design& design, Put&& put)
{
    put(fmt::format("{}\n", fmt::join(design.names, "\t")));
    for (Index volume = 0; volume < design.volumes(); ++volume)
        put(fmt::format("{}\n", fmt::join(design.rows({volume, volume + 1}).reshaped(), "\t")));
}

void print(const Design& design)
{
    errno = 0;
    const auto check = [](bool is_written) {
        if (!is_written) throw system_error(Exit::io, errno, "write to the standard output");
    };
    for_each_line(design, [&](const std::string& line) {
        check(std::fwrite(line.data(), 1, line.size(), stdout) == line.size());
    });
    check(std::fflush(stdout) == 0);
}

void write(const std::string& path, const Design& design)
{
    write_whole(path, [&](const File& file) {
        for_each_line(design, [&](const std::string& line) { file.append(std::as_bytes(std::span(line))); });
    });
}

} // namespace

Prepare design_command(CLI::App& command)
{
    struct Given {
        std::string events;
        double tr = 0;
        Index volumes = 0;
        std::string output;
        bool force = false;
    };
    auto given = std::make_shared<Given>();
    command.add_option("events", given->events, "The events of a run, as BIDS has them")
        ->required()
        ->type_name("EVENTS.tsv");
    command.add_option("--tr", given->tr, "Repetition time: from one volume to the next")
        ->required()
        ->type_name("SECONDS");
    constexpr Index most_volumes = 10'000'000;
    command.add_option("--volumes", given->volumes, "How many there are")
        ->required()
        ->check(CLI::Range(Index{0}, most_volumes))
        ->type_name("N");
    auto* output = command.add_option_group("Output", "");
    output->add_option("-o,--output", given->output, "The table to make; - is the standard output")
        ->required()
        ->type_name("DESIGN.tsv");
    output->add_flag("-f,--force", given->force, "Replace an output that exists");
    auto design = DesignArguments::add_to(command);
    set_option_rules(command, DesignArguments::rules());

    return [given, design](const std::string&) -> Action {
        if (design->confounds.size() > 1)
            throw Error(Exit::usage, "--confounds was given {} times", design->confounds.size())
                .remedy("a design is that of one run");
        return [given, design](const Communicator&) {
            const bool prints = given->output == "-";
            if (!prints) {
                std::vector<std::string> inputs = design->confounds;
                inputs.push_back(given->events);
                check_output_place(given->output, inputs);
                if (!given->force && fs::exists(given->output))
                    throw Error(Exit::cannot_create, "the output '{}' exists", given->output)
                        .remedy("give another -o, or --force to replace it");
            }
            const Design made = design->design(given->events, 0, given->volumes, given->tr);
            return prints ? print(made) : write(given->output, made);
        };
    };
}

} // namespace swather
