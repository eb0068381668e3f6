// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/nodes.hpp"
#include "output/skeleton.hpp"
#include "run/options.hpp"
#include "sources/identity.hpp"

#include <utility>

namespace swather {

/// Local. All that decides the data, as far as it was asked for: command, options, inputs, and the version of
/// the program. The block size follows from these, where it is not among them.
Fingerprint fingerprint_of(const RunOptions& options, const std::vector<Identity>& inputs);
/// Local. The same with what decides which blocks there are: two journals of one plan have the same blocks.
Fingerprint with_plan(Fingerprint fingerprint, const Plan& plan);
/// Local. The cells of a block in a journal, where it is one of this fingerprint: a run that resumes it takes
/// these, which may have been cut to another --memory.
std::optional<Index> block_size_in(const std::string& journal, const Fingerprint& fingerprint);

/// Local. The versions of the program and of what it stands on, by name.
std::vector<std::pair<std::string, std::string>> versions();

/// Local. Who made a file, where, when and how.
Provenance provenance_of(const Communicator& comm, const Nodes& nodes, const RunOptions& options,
                         const Fingerprint& fingerprint, const std::vector<Identity>& inputs,
                         const Plan& plan, const std::string& started);

/// Local. The paths of inputs.
std::vector<std::string> paths_of(const std::vector<Identity>& inputs);

/// Local. Now, in UTC, as ISO 8601 has it.
std::string time_stamp();

/// Local. Throws `Exit::bad_data` where an input is not what it was when the run began.
void throw_if_changed(const std::vector<Identity>& then, const std::vector<Identity>& now);

} // namespace swather
