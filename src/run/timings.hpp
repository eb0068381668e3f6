// SPDX-License-Identifier: MIT
#pragma once

#include "base/stopwatch.hpp"
#include "mpi/communicator.hpp"

#include <array>
#include <string>
#include <vector>

namespace swather {

enum class Phase { launch, plan, read, compute, journal, write, verify };

/// Local. "launch", "plan" …
const char* name_of(Phase phase);

/// Seconds of each phase of this rank.
class Timings {
public:
    static constexpr std::size_t phases = 7;

    /// Local. Wall seconds of a phase.
    [[nodiscard]] double& operator[](Phase phase) { return wall_[static_cast<std::size_t>(phase)]; }
    [[nodiscard]] double operator[](Phase phase) const { return wall_[static_cast<std::size_t>(phase)]; }
    /// Local. CPU seconds of a phase; those of reading stand under computing.
    [[nodiscard]] double cpu(Phase phase) const { return cpu_[static_cast<std::size_t>(phase)]; }

    /// Local. What `work` returns, whose wall and CPU time is a phase's. Of reading and computing, which take
    /// turns, the CPU time stands together under computing.
    template <class Work>
    decltype(auto) timed(Phase phase, Work&& work)
    {
        const Stopwatch wall((*this)[phase]);
        const CpuStopwatch cpu(cpu_[static_cast<std::size_t>(phase)]);
        return work();
    }

    /// Seconds of a rank.
    struct OfRank {
        std::array<double, phases> wall{}, cpu{};
        double cpu_of_all = 0; ///< of the whole process
    };
    /// Collective. Those of all ranks, on root.
    [[nodiscard]] std::vector<OfRank> gathered(const Communicator& comm) const;

private:
    std::array<double, phases> wall_{}, cpu_{};
};

/// What the timings of all ranks come to.
class Totals {
public:
    explicit Totals(const std::vector<Timings::OfRank>& ranks);

    /// Of reading, computing and journalling: the busiest rank's seconds by the mean of all.
    [[nodiscard]] double imbalance() const;
    /// With so many ranks, all as busy as the busiest was, these would have taken as long.
    [[nodiscard]] std::int64_t enough_ranks() const;
    /// "max/mean of the work is 1.08", and where ranks waited much, how much, and what would have helped.
    /// `could_deal_on_demand`: whether blocks were dealt beforehand, and there were enough to deal otherwise.
    [[nodiscard]] std::string balance(bool could_deal_on_demand) const;

    Timings::OfRank sum, longest;

private:
    double ranks_;
    double work_ = 0;
    double most_work_ = 0;
};

/// Local. Prints, on stderr, a line for each rank (at most 64 of them), and mean, max and max/mean of all.
void print_timings(const std::vector<Timings::OfRank>& ranks);
/// Local. Logs, in a few lines, what all ranks took together, and how level their work was, as for
/// Totals::balance.
void log_timings(const std::vector<Timings::OfRank>& ranks, bool could_deal_on_demand);

/// Local. Wall seconds since this process began, from the kernel's record of its start: what launching took.
double seconds_since_start();

} // namespace swather
