// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"

#include <array>
#include <vector>

namespace swather {

enum class Phase { launch, plan, read, compute, journal, write, verify };

/// Wall seconds of each phase of this rank.
class Timings {
public:
    static constexpr std::size_t phases = 7;

    [[nodiscard]] double& operator[](Phase phase) { return seconds_[static_cast<std::size_t>(phase)]; }

    /// Collective. Root prints, on stderr, a line for each rank (at most 64 of them), and mean, max and
    /// max/mean of all.
    void print(const Communicator& comm) const;
    /// Collective. Root logs, in a line or two, what all ranks took together, and how many would have done.
    void log(const Communicator& comm) const;

private:
    struct OfRank;
    /// Collective. Those of all ranks, on root.
    [[nodiscard]] std::vector<OfRank> of_all(const Communicator& comm) const;

    std::array<double, phases> seconds_{};
};

/// Local. Wall seconds since this process began, from the kernel's record of its start: what launching took.
double seconds_since_start();

} // namespace swather
