// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace swather {

/// MPI from its start to its end, as an object of `main`.
class Environment {
public:
    /// Collective. Starts MPI; alone, without mpirun, as one rank.
    Environment(int& argc, char**& argv);
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    /// Collective. Ends MPI.
    ~Environment();

    /// Local. Ends all ranks at once, for an error that only this rank knows of and that is not our program's
    /// to agree on.
    [[noreturn]] static void abort(int exit_code);
    /// Local. Whether threads beside the main one may send and receive too.
    static bool allows_threads();
    /// Local. "Open MPI 4.1.4".
    static std::string version();
    /// Local. The name of this host.
    static std::string host();
};

} // namespace swather
