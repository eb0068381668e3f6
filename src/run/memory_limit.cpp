// SPDX-License-Identifier: MIT
#include "run/memory_limit.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>

namespace swather {

namespace {

constexpr double none = std::numeric_limits<double>::infinity();
constexpr double mebi = 1 << 20;

/// A number in the environment; 0 where there is none.
double number_in(const char* name)
{
    const char* const text = std::getenv(name);
    return text ? std::strtod(text, nullptr) : 0;
}

/// What SLURM gave a task, by --mem-per-cpu or --mem.
double limit_of_slurm(int ranks)
{
    if (const double per_cpu = number_in("SLURM_MEM_PER_CPU"); per_cpu > 0) {
        const double cpus_of_task = std::max(number_in("SLURM_CPUS_PER_TASK"), 1.0);
        const double cpus_here = number_in("SLURM_CPUS_ON_NODE"); // of which mpirun may start more ranks
        return per_cpu * mebi * (cpus_here > 0 ? std::min(cpus_of_task, cpus_here / ranks) : cpus_of_task);
    }
    const double per_node = number_in("SLURM_MEM_PER_NODE"); // 0: all that the node has
    return per_node > 0 ? per_node * mebi / ranks : none;
}

/// The lowest limit in a control group and in those above it; `name` is the file that says so.
double lowest_limit(std::filesystem::path group, const std::filesystem::path& top, const char* name)
{
    double lowest = none;
    for (;; group = group.parent_path()) {
        double limit = 0;
        if (std::ifstream(group / name) >> limit) lowest = std::min(lowest, limit); // "max" is no number
        if (group == top || group == group.parent_path()) return lowest;
    }
}

double memory_of_node()
{
    return static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
}

} // namespace

double limit_of_control_groups(const std::filesystem::path& root)
{
    const std::filesystem::path top = root / "sys/fs/cgroup";
    std::ifstream groups(root / "proc/self/cgroup");
    double lowest = none;
    for (std::string line; std::getline(groups, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == line.npos || line.compare(second, 2, ":/") != 0) continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        const std::string path = line.substr(second + 2);
        if (controllers == ",,")
            lowest = std::min(lowest, lowest_limit(top / path, top, "memory.max"));
        else if (controllers.find(",memory,") != controllers.npos)
            lowest = std::min(lowest,
                              lowest_limit(top / "memory" / path, top / "memory", "memory.limit_in_bytes"));
    }
    return lowest;
}

Index memory_of_rank(int ranks)
{
    const double shared = std::min(limit_of_control_groups(), memory_of_node());
    return static_cast<Index>(0.95 * std::min(limit_of_slurm(ranks), shared / ranks));
}

} // namespace swather
