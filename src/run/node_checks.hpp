// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/nodes.hpp"
#include "sources/identity.hpp"

#include <string>
#include <vector>

namespace swather {

/// Collective. What root makes in a folder must be seen from all nodes; else `Exit::cannot_create`.
void check_shared(const Communicator& comm, const Nodes& nodes, const std::string& folder);

/// Collective. Root's inputs must be there, and the same, on all nodes; else `Exit::cannot_read` or
/// `Exit::bad_data`.
void check_inputs_alike(const Communicator& comm, const Nodes& nodes, const std::vector<Identity>& inputs);

} // namespace swather
