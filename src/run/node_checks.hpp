// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/nodes.hpp"
#include "sources/identity.hpp"

#include <functional>
#include <string>
#include <vector>

namespace swather {

/// Collective. What root makes in a folder must be seen from all nodes; else `Exit::cannot_create`.
void check_shared(const Communicator& comm, const Nodes& nodes, const std::string& folder);

/// Collective. Root's inputs must be there, and the same but for path and time stamp, on all nodes; else
/// `Exit::cannot_read` or `Exit::bad_data`. `look` tells what they are on a rank's own node.
void check_inputs_alike(const Communicator& comm, const Nodes& nodes, const std::vector<Identity>& inputs,
                        const std::function<std::vector<Identity>()>& look);

} // namespace swather
