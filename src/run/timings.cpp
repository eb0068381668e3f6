// SPDX-License-Identifier: MIT
#include "run/timings.hpp"

#include "base/log.hpp"
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

const char* name_of(Phase phase) { return names[static_cast<std::size_t>(phase)]; }

std::vector<Timings::OfRank> Timings::gathered(const Communicator& comm) const
{
    std::vector<OfRank> all;
    for (const auto& of_rank : comm.gather(std::vector<OfRank>{{wall_, cpu_, cpu_seconds()}}))
        all.push_back(of_rank.front());
    return all;
}

void print_timings(const std::vector<Timings::OfRank>& ranks)
{
    fmt::print(stderr, "{:<9}", "seconds");
    for (const char* name : names) fmt::print(stderr, "{:>10}", name);
    fmt::print(stderr, "{:>10}\n", "CPU");

    for (std::size_t rank = 0; rank < std::min(ranks.size(), most_lines); ++rank)
        print_line(fmt::format("rank {}", rank), ranks[rank].wall, ranks[rank].cpu_of_all, 3);

    const Totals totals(ranks);
    const Timings::OfRank& max = totals.longest;
    const auto size = static_cast<double>(ranks.size());
    Timings::OfRank mean;
    Timings::OfRank ratio;
    for (std::size_t p = 0; p < Timings::phases; ++p) {
        mean.wall[p] = totals.sum.wall[p] / size;
        ratio.wall[p] = mean.wall[p] > 0 ? max.wall[p] / mean.wall[p] : 1;
    }
    mean.cpu_of_all = totals.sum.cpu_of_all / size;
    ratio.cpu_of_all = max.cpu_of_all / mean.cpu_of_all;
    print_line("mean", mean.wall, mean.cpu_of_all, 3);
    print_line("max", max.wall, max.cpu_of_all, 3);
    print_line("max/mean", ratio.wall, ratio.cpu_of_all, 2);
}

Totals::Totals(const std::vector<Timings::OfRank>& ranks)
    : ranks_(static_cast<double>(ranks.size()))
{
    constexpr std::array working{Phase::read, Phase::compute, Phase::journal};
    for (const Timings::OfRank& one : ranks) {
        for (std::size_t p = 0; p < Timings::phases; ++p) {
            longest.wall[p] = std::max(longest.wall[p], one.wall[p]);
            longest.cpu[p] = std::max(longest.cpu[p], one.cpu[p]);
            sum.wall[p] += one.wall[p];
            sum.cpu[p] += one.cpu[p];
        }
        double of_this = 0;
        for (const Phase phase : working) of_this += one.wall[static_cast<std::size_t>(phase)];
        sum.cpu_of_all += one.cpu_of_all;
        longest.cpu_of_all = std::max(longest.cpu_of_all, one.cpu_of_all);
        work_ += of_this;
        most_work_ = std::max(most_work_, of_this);
    }
}

double Totals::imbalance() const { return work_ > 0 ? ranks_ * most_work_ / work_ : 1; }

// As many ranks with as much work as the busiest had would have taken as long; but for rounding.
std::int64_t Totals::enough_ranks() const
{
    return most_work_ > 0 ? std::max<std::int64_t>(std::llround(work_ / most_work_ + 0.45), 1) : 1;
}

std::string Totals::balance(bool could_deal_on_demand) const
{
    constexpr double much = 0.2;
    const double waited = 1 - 1 / imbalance();
    std::string text = fmt::format("max/mean of the work is {:.2f}", imbalance());
    if (static_cast<double>(enough_ranks()) >= ranks_ || waited <= much) return text;
    text += fmt::format(": ranks waited {:.0f} % of its time, and {} would have taken as long", 100 * waited,
                        with_commas(enough_ranks()));
    if (could_deal_on_demand) text += "; or have blocks dealt on demand, by --schedule dynamic";
    return text;
}

void log_timings(const std::vector<Timings::OfRank>& ranks, bool could_deal_on_demand)
{
    const Totals totals(ranks);
    std::string wall, cpu;
    for (std::size_t p = 0; p < Timings::phases; ++p) {
        const char* const comma = p == 0 ? "" : ", ";
        wall += fmt::format("{}{} {}", comma, names[p], human_seconds(totals.longest.wall[p]));
        if (totals.sum.cpu[p] > 0)
            cpu += fmt::format("{}{}{} {}", cpu.empty() ? "" : ", ",
                               static_cast<Phase>(p) == Phase::compute ? "read and " : "", names[p],
                               human_seconds(totals.sum.cpu[p]));
    }
    const auto size = static_cast<std::int64_t>(ranks.size());
    spdlog::info("{} of CPU on {}: {}", human_seconds(totals.sum.cpu_of_all), counted(size, "rank"), cpu);
    spdlog::info("wall time of a phase, at most: {}", wall);
    if (size > 1) spdlog::info("{}", totals.balance(could_deal_on_demand));
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
