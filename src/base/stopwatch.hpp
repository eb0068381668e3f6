// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <ctime>

namespace swather {

/// Local. Wall seconds since an arbitrary moment; steady.
inline double wall_seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Local. CPU seconds that this process has used, in user and system mode, all its threads.
inline double cpu_seconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Adds the time of its own life to a sum, by a clock.
template <double (*clock)()>
class StopwatchOf {
public:
    explicit StopwatchOf(double& sum)
        : sum_(sum)
        , start_(clock())
    {
    }
    StopwatchOf(const StopwatchOf&) = delete;
    StopwatchOf& operator=(const StopwatchOf&) = delete;
    ~StopwatchOf() { sum_ += clock() - start_; }

private:
    double& sum_;
    double start_;
};
using Stopwatch = StopwatchOf<wall_seconds>;
using CpuStopwatch = StopwatchOf<cpu_seconds>;

/// Local. What `work` returns; the wall time that it took is added to `sum`.
template <class Work>
decltype(auto) timed(double& sum, Work&& work)
{
    const Stopwatch stopwatch(sum);
    return work();
}

} // namespace swather
