// SPDX-License-Identifier: MIT
#include "cli/plan_command.hpp"

#include "base/error.hpp"

#include <utility>
#include <vector>

namespace swather {

namespace {

/// A --config file of a run has the options of its analysis, which are not those of a plan of it.
void refuse_options_of(const CLI::App& analysis)
{
    for (const CLI::Option* option : analysis.get_options())
        if (option->count() > 0)
            throw Error(Exit::usage, "the file of --config has [{}], which is not for a plan",
                        analysis.get_name())
                .remedy("write [plan.{}] there", analysis.get_name());
}

} // namespace

Prepare plan_command(CLI::App& command)
{
    std::vector<std::pair<const CLI::App*, Prepare>> analyses;
    for (const Command& one : commands()) {
        if (one.kind != Command::Kind::analysis) continue;
        CLI::App* const analysis = command.add_subcommand(one.name, one.summary);
        analyses.emplace_back(analysis, one.declare(*analysis));
    }
    command.require_subcommand(1);
    command.footer("An analysis takes the options that it has without plan, and those of its group Model");

    return [&command, analyses = std::move(analyses)](const std::string& command_line) -> Action {
        for (const auto& [analysis, prepare] : analyses) {
            if (!analysis->parsed()) continue;
            refuse_options_of(*command.get_parent()->get_subcommand(analysis->get_name()));
            return prepare(command_line);
        }
        return {}; // which require_subcommand rules out
    };
}

} // namespace swather
