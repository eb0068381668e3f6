// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "mpi/communicator.hpp"

#include <vector>

namespace swather {

/// Collective. The different traits of the blocks of all ranks, from those of this rank's.
std::vector<Bytes> traits_of_all(const Communicator& comm, const std::vector<Bytes>& mine);

} // namespace swather
