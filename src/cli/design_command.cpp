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

/// The shortest digits of each value that give it back.
std::string text_of(const Design& design)
{
    std::string text = fmt::format("{}\n", fmt::join(design.names, "\t"));
    for (Index volume = 0; volume < design.volumes(); ++volume)
        text += fmt::format("{}\n", fmt::join(design.rows({volume, volume + 1}).reshaped(), "\t"));
    return text;
}

void print(const std::string& text)
{
    errno = 0;
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw system_error(Exit::io, errno, "write to the standard output");
}

void write(const std::string& path, const std::string& text)
{
    write_whole(path, [&](const File& file) { file.append(std::as_bytes(std::span(text))); });
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
            const std::string text = text_of(design->design(given->events, 0, given->volumes, given->tr));
            return prints ? print(text) : write(given->output, text);
        };
    };
}

} // namespace swather
