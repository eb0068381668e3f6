// SPDX-License-Identifier: MIT
#include "mpi/environment.hpp"

#include <dlfcn.h>
#include <link.h>
#include <mpi.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

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

/// Keeps all libraries that are loaded until the process ends. Open MPI 4.1 closes its plugins in the end,
/// and a thread of PMIx may still run in one: seen as a segmentation fault behind the last message, on a busy
/// machine and without mpirun, in about one of a thousand runs.
void keep_libraries()
{
    std::vector<std::string> names;
    const auto add = [](dl_phdr_info* library, std::size_t, void* to) {
        static_cast<std::vector<std::string>*>(to)->emplace_back(library->dlpi_name);
        return 0;
    };
    dl_iterate_phdr(add, &names);
    for (const std::string& name : names)
        if (!name.empty()) dlopen(name.c_str(), RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
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
    keep_libraries();
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
