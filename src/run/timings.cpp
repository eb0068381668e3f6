// SPDX-License-Identifier: MIT
#include "run/timings.hpp"

#include "base/log.hpp"
#include "base/stopwatch.hpp"
#include "base/units.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

namespace swather {

namespace {

constexpr std::array<const char*, Timings::phases> names{"launch",  "plan",  "read",  "compute",
                                                         "journal", "write", "verify"};
constexpr std::size_t most_lines = 64;

void print_line(const std::string& label, const std::array<double, Timings::phases>& wall, double cpu,
                int decimals)
{
    fmt::print(stderr, "{:<9}", label);
    for (const double seconds : wall) fmt::print(stderr, "{:>10.{}f}", seconds, decimals);
    fmt::print(stderr, "{:>10.{}f}\n", cpu, decimals);
}

} // namespace

struct Timings::OfRank {
    std::array<double, phases> wall;
    double cpu;
};

std::vector<Timings::OfRank> Timings::of_all(const Communicator& comm) const
{
    std::vector<OfRank> all;
    for (const auto& of_rank : comm.gather(std::vector<OfRank>{{seconds_, cpu_seconds()}}))
        all.push_back(of_rank.front());
    return all;
}

void Timings::print(const Communicator& comm) const
{
    const auto all = of_all(comm);
    if (!comm.is_root()) return;

    fmt::print(stderr, "{:<9}", "seconds");
    for (const char* name : names) fmt::print(stderr, "{:>10}", name);
    fmt::print(stderr, "{:>10}\n", "CPU");

    OfRank sum{};
    OfRank max{};
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
        const OfRank& one = all[rank];
        if (rank < most_lines) print_line(fmt::format("rank {}", rank), one.wall, one.cpu, 3);
        for (std::size_t p = 0; p < phases; ++p) {
            sum.wall[p] += one.wall[p];
            max.wall[p] = std::max(max.wall[p], one.wall[p]);
        }
        sum.cpu += one.cpu;
        max.cpu = std::max(max.cpu, one.cpu);
    }
    const auto ranks = static_cast<double>(all.size());
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

void Timings::log(const Communicator& comm) const
{
    const auto all = of_all(comm);
    if (!comm.is_root()) return;

    constexpr std::array working{Phase::read, Phase::compute, Phase::journal};
    std::array<double, phases> longest{};
    double cpu = 0, work = 0, most_work = 0;
    for (const OfRank& one : all) {
        for (std::size_t p = 0; p < phases; ++p) longest[p] = std::max(longest[p], one.wall[p]);
        double of_this = 0;
        for (const Phase phase : working) of_this += one.wall[static_cast<std::size_t>(phase)];
        cpu += one.cpu;
        work += of_this;
        most_work = std::max(most_work, of_this);
    }
    std::string text;
    for (std::size_t p = 0; p < phases; ++p)
        text += fmt::format("{}{} {}", p == 0 ? "" : ", ", names[p], human_seconds(longest[p]));
    const auto ranks = static_cast<double>(all.size());
    spdlog::info("{} of CPU on {}; at most: {}", human_seconds(cpu), counted(comm.size(), "rank"), text);
    // As many ranks with as much work as the busiest had would have taken as long.
    const auto enough = static_cast<std::int64_t>(std::ceil(work / std::max(most_work, 1e-9)));
    const double waited = 1 - work / std::max(ranks * most_work, 1e-9);
    if (enough < comm.size() && waited > 0.2)
        spdlog::info(
            "the work was uneven, max/mean {:.2f}: ranks waited {:.0f} % of its time, and {} would have "
            "taken as long",
            ranks * most_work / work, 100 * waited, with_commas(enough));
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
