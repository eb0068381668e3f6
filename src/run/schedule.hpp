// SPDX-License-Identifier: MIT
#pragma once

#include "grid/plan.hpp"
#include "mpi/communicator.hpp"

#include <optional>
#include <span>
#include <vector>

namespace swather {

/// Local. The work of a block, in bytes to be read: its cost and a share for each cell of its result.
double cost_of(const Block& block);

/// Local. A rank for each block, so that the costs of the ranks are level: the dearest block first, each to
/// the rank that has least so far (Graham's longest processing time first, 1969: at most 4/3 of the best
/// possible).
std::vector<int> assign(std::span<const double> costs, int ranks);

/// The blocks of this rank, one after the other.
class Schedule {
public:
    /// Collective. Scatters root's descriptors, each to the rank that will compute it.
    Schedule(const Communicator& comm, std::vector<Descriptor> descriptors);
    Schedule(const Schedule&) = delete;
    Schedule& operator=(const Schedule&) = delete;

    /// Local. The next block; none when all are done or another rank has failed. Throws where a signal asks
    /// to stop.
    std::optional<Descriptor> next();

    /// Local. Number and cost of the blocks of all ranks together.
    [[nodiscard]] Index blocks_of_all() const { return blocks_of_all_; }
    [[nodiscard]] double cost_of_all() const { return cost_of_all_; }

private:
    const Communicator& comm_;
    Bytes mine_; ///< the descriptors of this rank, as they came
    BytesReader rest_{{}};
    Index blocks_of_all_ = 0;
    double cost_of_all_ = 0;
};

} // namespace swather
