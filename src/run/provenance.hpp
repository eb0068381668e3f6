// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"
#include "output/skeleton.hpp"
#include "run/options.hpp"
#include "sources/identity.hpp"

#include <utility>

namespace swather {

/// Local. All that decides the data: command, options, inputs, block size, and the version of the program.
Fingerprint fingerprint_of(const RunOptions& options, const std::vector<Identity>& inputs, Index block_size);

/// Local. The versions of the program and of what it stands on, by name.
std::vector<std::pair<std::string, std::string>> versions();

/// Collective. Who made a file, where, when and how; complete on root only.
Provenance provenance_of(const Communicator& comm, const RunOptions& options, const Fingerprint& fingerprint,
                         const std::vector<Identity>& inputs, const std::string& started);

/// Local. The paths of inputs.
std::vector<std::string> paths_of(const std::vector<Identity>& inputs);

/// Local. Now, in UTC, as ISO 8601 has it.
std::string time_stamp();

/// Local. Throws `Exit::bad_data` where an input is not what it was when the run began.
void throw_if_changed(const std::vector<Identity>& then, const std::vector<Identity>& now);

} // namespace swather
