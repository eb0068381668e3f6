// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"
#include "mpi/communicator.hpp"

#include <mpi.h>

#include <array>
#include <string>

namespace swather {

struct Communicator::Handle {
    MPI_Comm comm = MPI_COMM_NULL;
};

/// Local. Throws where an MPI call did not succeed; `what` names the call.
inline void check_mpi(int code, const char* what)
{
    if (code == MPI_SUCCESS) return;
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(code, text.data(), &length);
    throw Error(Exit::internal, "{} failed: {}", what,
                std::string(text.data(), static_cast<std::size_t>(length)));
}

/// Collective. A communicator of our own on the ranks of another, whose errors come back as codes.
inline MPI_Comm duplicate_of(MPI_Comm comm)
{
    MPI_Comm copy = MPI_COMM_NULL;
    check_mpi(MPI_Comm_dup(comm, &copy), "MPI_Comm_dup");
    check_mpi(MPI_Comm_set_errhandler(copy, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    return copy;
}

} // namespace swather
