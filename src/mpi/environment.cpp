// SPDX-License-Identifier: MIT
#include "mpi/environment.hpp"

#include <mpi.h>

#include <array>
#include <cstdlib>

namespace swather {

Environment::Environment(int& argc, char**& argv) { MPI_Init(&argc, &argv); }

Environment::~Environment() { MPI_Finalize(); }

void Environment::abort(int exit_code)
{
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    std::abort();
}

std::string Environment::version()
{
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    // Open MPI adds package, identity and date, separated by commas.
    const std::string whole(text.data(), static_cast<std::size_t>(length));
    return whole.substr(0, whole.find_first_of(",\n"));
}

std::string Environment::host()
{
    std::array<char, MPI_MAX_PROCESSOR_NAME> text{};
    int length = 0;
    MPI_Get_processor_name(text.data(), &length);
    return {text.data(), static_cast<std::size_t>(length)};
}

} // namespace swather
