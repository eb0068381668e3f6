// SPDX-License-Identifier: MIT
#pragma once

#include "grid/plan.hpp"
#include "run/dispatcher.hpp"

#include <optional>
#include <span>
#include <vector>

namespace swather {

/// How blocks come to ranks: all beforehand, by their cost, or one after the other to who is done first.
enum class Dealing { beforehand, on_demand };

/// Local. The work of a block, in bytes to be read: its cost and a share for each cell of its result.
double cost_of(const Block& block);

/// Local. The numbers of blocks of these costs, the dearest first; of equal ones the first.
std::vector<std::size_t> dearest_first(std::span<const double> costs);

/// Local. A rank for each block, so that the costs of the ranks are level: the dearest block first, each to
/// the rank that has least so far (Graham's longest processing time first, 1969: at most 4/3 of the best
/// possible).
std::vector<int> assign(std::span<const double> costs, int ranks);

/// The blocks of this rank, one after the other.
class Schedule {
public:
    /// Collective. Scatters root's descriptors, each to the rank that will compute it; on demand, the first
    /// of each rank only, the dearest of all.
    Schedule(const Communicator& comm, std::vector<Descriptor> descriptors, Dealing dealing,
             int ranks_of_a_server = Dispatcher::ranks_of_a_server);
    Schedule(const Schedule&) = delete;
    Schedule& operator=(const Schedule&) = delete;

    /// Local. The next block; none when all are done or another rank has failed. `idle` is called now and
    /// then where it must be waited for. Throws where a signal asks to stop.
    std::optional<Descriptor> next(const std::function<void()>& idle);
    /// Local. Root: answers those who wait for a block. To be called while it waits for the others.
    void serve();
    /// Collective. The end, also after a failure.
    void finish();

    /// Local. Number and cost of the blocks of all ranks together.
    [[nodiscard]] Index blocks_of_all() const { return blocks_of_all_; }
    [[nodiscard]] double cost_of_all() const { return cost_of_all_; }

private:
    /// All blocks, packed for each rank.
    [[nodiscard]] std::vector<Bytes> deal(std::vector<Descriptor> descriptors) const;
    /// One block for each rank; those that are left, in the order of their cost, go to `later`.
    std::vector<Bytes> deal_first(std::vector<Descriptor> descriptors, std::deque<Bytes>& later) const;

    const Communicator& comm_;
    bool root_only_serves_;
    std::optional<Dispatcher> dispatcher_; ///< where blocks are dealt on demand
    Bytes mine_;                           ///< the descriptors of this rank, as they came
    BytesReader rest_{{}};
    Index blocks_of_all_ = 0;
    double cost_of_all_ = 0;
};

} // namespace swather
