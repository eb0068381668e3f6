// SPDX-License-Identifier: MIT
#include "cli/plan_command.hpp"

#include <utility>
#include <vector>

namespace swather {

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

    return [analyses = std::move(analyses)](const std::string& command_line) -> Action {
        for (const auto& [analysis, prepare] : analyses)
            if (analysis->parsed()) return prepare(command_line);
        return {}; // which require_subcommand rules out
    };
}

} // namespace swather
