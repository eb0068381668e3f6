// SPDX-License-Identifier: MIT
#include "mpi/environment.hpp"

#include <mpi.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace swather {

namespace {

/// Whether all ranks run on one node, as far as the launcher tells: mpirun by the numbers of ranks, srun by
/// that of nodes. A process that nobody launched is alone.
bool on_one_node()
{
    const auto value = [](const char* name) {
        const char* const text = std::getenv(name);
        return std::string_view(text ? text : "");
    };
    if (const auto ranks = value("OMPI_COMM_WORLD_SIZE"); !ranks.empty())
        return ranks == value("OMPI_COMM_WORLD_LOCAL_SIZE");
    return value("PMIX_RANK").empty() || value("SLURM_STEP_NUM_NODES") == "1";
}

} // namespace

Environment::Environment(int& argc, char**& argv)
{
    // Within a node, messages go through shared memory. Open MPI would look for fast networks all the same,
    // which took 0.2 of the 0.3 s of a start; who sets the variable has the last word.
    constexpr int keep = 0;
    if (on_one_node()) setenv("OMPI_MCA_pml", "ob1", keep);
    int provided = 0; // Environment::allows_threads() asks
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
}

Environment::~Environment() { MPI_Finalize(); }

void Environment::abort(int exit_code)
{
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    std::abort();
}

bool Environment::allows_threads()
{
    int provided = 0;
    return MPI_Query_thread(&provided) == MPI_SUCCESS && provided == MPI_THREAD_MULTIPLE;
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
