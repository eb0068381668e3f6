// SPDX-License-Identifier: MIT
#include "run/timings.hpp"

#include "base/stopwatch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

namespace swather {

namespace {

constexpr std::array<const char*, Timings::phases> names{"launch",  "plan",  "read",  "compute",
                                                         "journal", "write", "verify"};
constexpr std::size_t most_lines = 64;

struct OfRank {
    std::array<double, Timings::phases> wall;
    double cpu;
};

void print_line(const std::string& label, const std::array<double, Timings::phases>& wall, double cpu,
                int decimals)
{
    fmt::print(stderr, "{:<9}", label);
    for (const double seconds : wall) fmt::print(stderr, "{:>10.{}f}", seconds, decimals);
    fmt::print(stderr, "{:>10.{}f}\n", cpu, decimals);
}

} // namespace

void Timings::print(const Communicator& comm) const
{
    const auto gathered = comm.gather(std::vector<OfRank>{{seconds_, cpu_seconds()}});
    if (!comm.is_root()) return;

    fmt::print(stderr, "{:<9}", "seconds");
    for (const char* name : names) fmt::print(stderr, "{:>10}", name);
    fmt::print(stderr, "{:>10}\n", "CPU");

    OfRank sum{};
    OfRank max{};
    for (std::size_t rank = 0; rank < gathered.size(); ++rank) {
        const OfRank& one = gathered[rank].front();
        if (rank < most_lines) print_line(fmt::format("rank {}", rank), one.wall, one.cpu, 3);
        for (std::size_t p = 0; p < phases; ++p) {
            sum.wall[p] += one.wall[p];
            max.wall[p] = std::max(max.wall[p], one.wall[p]);
        }
        sum.cpu += one.cpu;
        max.cpu = std::max(max.cpu, one.cpu);
    }
    const auto ranks = static_cast<double>(gathered.size());
    OfRank mean = sum;
    OfRank ratio{};
    for (std::size_t p = 0; p < phases; ++p) {
        mean.wall[p] /= ranks;
        ratio.wall[p] = mean.wall[p] > 0 ? max.wall[p] / mean.wall[p] : 1;
    }
    mean.cpu /= ranks;
    ratio.cpu = max.cpu / mean.cpu;
    print_line("mean", mean.wall, mean.cpu, 3);
    print_line("max", max.wall, max.cpu, 3);
    print_line("max/mean", ratio.wall, ratio.cpu, 2);
}

double seconds_since_start()
{
    // Field 22 of /proc/self/stat: clock ticks after boot. The name in field 2 may hold blanks, but ends with
    // ')'.
    std::ifstream stat("/proc/self/stat");
    const std::string text(std::istreambuf_iterator<char>(stat), {});
    std::istringstream fields(text.substr(std::min(text.rfind(')'), text.size() - 1) + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number) fields >> field;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    if (field.empty()) return 0;
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) -
           std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace swather
