// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/memory.hpp"
#include "base/stop.hpp"
#include "cli/commands.hpp"
#include "cli/toml_config.hpp"
#include "h5/hdf5.hpp"
#include "mpi/agree.hpp"
#include "mpi/environment.hpp"
#include "run/provenance.hpp"
#include "sources/htslib.hpp"

#include <sys/prctl.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace swather;

/// What must be so before MPI starts.
void prepare_process()
{
    // A rank whose mpirun was killed would spin for ever and keep the journal locked.
    if (std::getenv("OMPI_COMM_WORLD_SIZE")) prctl(PR_SET_PDEATHSIG, SIGKILL);
    keep_freed_memory();
    stop_on_signals();
    prepare_htslib();
    prepare_hdf5();
}

std::string version_text()
{
    std::string text;
    for (const auto& [name, version] : versions()) text += fmt::format("{} {}\n", name, version);
    text.pop_back();
    return text;
}

std::string joined(int argc, char** argv)
{
    std::string text = "swather";
    for (int i = 1; i < argc; ++i) text += fmt::format(" {}", argv[i]);
    return text;
}

/// What tells of the command that was given.
std::string help_of(const CLI::App& app)
{
    std::string call = app.get_name();
    for (auto called = app.get_subcommands(); !called.empty(); called = called.front()->get_subcommands())
        call += " " + called.front()->get_name();
    return call + " --help";
}

/// The options of the whole program, beside those of its commands.
struct Program {
    CLI::App app{
        "Coverage, counts and fits of large data, by all ranks of mpirun or srun, into one HDF5 file"};
    bool print_config = false;
    std::string log_level = "info";
    std::vector<Prepare> prepare; ///< of each command, in the order of the table

    Program()
    {
        app.name("swather");
        app.require_subcommand(0, 1); // of a wrong command, CLI11 then says its name
        app.config_formatter(std::make_shared<TomlConfig>());
        // A misspelt name in a file is as wrong as on the line.
        app.allow_config_extras(CLI::config_extras_mode::error);
        app.set_version_flag("--version", version_text());
        app.set_config("--config", "", "Read options from a TOML file, as --print-config writes it")
            ->type_name("F.toml");
        app.add_flag("--print-config", print_config,
                     "Print the options of this call as a TOML file, and do nothing")
            ->configurable(false);
        app.add_option("--log-level", log_level, "How much to tell on stderr")
            ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
            ->capture_default_str();
        app.fallthrough();
        app.footer("Exit codes: 0 done, 2 wrong options, 65 bad input, 66 input cannot be read, 73 output "
                   "cannot be created,\n"
                   "74 I/O error or full disk, 70 our own fault, 75 stopped early: run again with --resume");
        for (const Command& command : commands())
            prepare.push_back(command.declare(*app.add_subcommand(command.name, command.summary)));
    }
};

/// Collective. Every rank must have what root has; else `Exit::usage`.
void check_alike(const Communicator& comm, std::string_view what, std::string_view here,
                 std::string_view remedy)
{
    Bytes mine;
    put(mine, here);
    const Bytes of_root = comm.broadcast(mine);
    agree(comm, [&] {
        if (mine != of_root)
            throw Error(Exit::usage, "rank {} has {} than rank 0", comm.rank(), what).remedy("{}", remedy);
    });
}

/// Collective. Reads the command line on every rank; false where nothing is left to do. A --config file may
/// be another on another node, or on no other: all ranks must have read the same.
bool parse(const Communicator& comm, Program& program, int argc, char** argv)
{
    bool go_on = true;
    agree(comm, [&] {
        try {
            program.app.parse(argc, argv);
        } catch (const CLI::Success& help_or_version) {
            if (comm.is_root()) program.app.exit(help_or_version);
            go_on = false;
        } catch (const CLI::ParseError& error) {
            throw Error(Exit::usage, "{}", error.what()).remedy("see {}", help_of(program.app));
        }
    });
    check_alike(comm, "other options", go_on ? program.app.config_to_str(true) : "",
                "a file for --config must be there, and the same, on all nodes; standard input reaches "
                "rank 0 only");
    return go_on;
}

/// Collective. Does what the command line says. Throws what goes wrong.
void execute(const Communicator& comm, int argc, char** argv)
{
    check_alike(comm, "another version of swather, or of its libraries,", version_text(),
                "all nodes must run the same program: swather --version tells");
    Program program;
    if (!parse(comm, program, argc, argv)) return;
    if (program.print_config) {
        if (comm.is_root()) fmt::print("{}", program.app.config_to_str(true));
        return;
    }
    start_log(program.log_level, comm.is_root());

    for (std::size_t i = 0; i < commands().size(); ++i) {
        const Command& command = commands()[i];
        if (!program.app.got_subcommand(command.name)) continue;
        Action action;
        agree(comm, [&] {
            if (command.kind == Command::Kind::local && comm.size() > 1)
                throw Error(Exit::usage, "'swather {}' is one process: it does not run on {} ranks",
                            command.name, comm.size())
                    .remedy("call it without mpirun");
            action = program.prepare[i](joined(argc, argv));
        });
        return action(comm);
    }
    throw AgreedError(Error(Exit::usage, "no command was given").remedy("see swather --help"));
}

/// Local. What was printed may still wait for its place; a reader that has gone away has seen enough.
void check_printed()
{
    if (std::fflush(stdout) != 0 && errno != EPIPE)
        throw system_error(Exit::io, errno, "write to the standard output");
}

} // namespace

int main(int argc, char** argv)
{
    prepare_process();
    const Environment environment(argc, argv);
    const Communicator comm = Communicator::world();
    try {
        execute(comm, argc, argv);
        check_printed();
        return 0;
    } catch (const AgreedError& error) {
        // All ranks are here: one of them prints, and all end in order.
        if (comm.is_root()) fmt::print(stderr, "swather: error: {}\n", error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        const auto* ours = dynamic_cast<const Error*>(&error);
        fmt::print(stderr, "swather: error: {}\n", error.what());
        const int code = static_cast<int>(ours ? ours->code() : Exit::internal);
        if (comm.size() > 1) Environment::abort(code);
        return code;
    }
}
