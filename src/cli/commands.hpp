// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <span>
#include <string>

namespace swather {

/// What a command does; collective where it is an analysis.
using Action = std::function<void(const Communicator& comm)>;
/// Local. Reads the options that were given, and makes the action of them; throws `Exit::usage`.
using Prepare = std::function<Action(const std::string& command_line)>;

/// A command of the program.
struct Command {
    enum class Kind {
        analysis, ///< runs on any number of ranks; its action is collective
        local,    ///< one process
    };

    const char* name;
    Kind kind;
    const char* summary;
    Prepare (*declare)(CLI::App& command); ///< adds its options
};

/// Local. The one table of commands.
std::span<const Command> commands();

} // namespace swather
