// SPDX-License-Identifier: MIT
#include "run/memory_limit.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>

namespace {

using namespace swather;

/// What the control groups in a tree of these files let a process have.
double limit_in(const std::map<std::string, std::string>& files)
{
    std::string pattern = testing::TempDir() + "swather_XXXXXX";
    const std::filesystem::path root = mkdtemp(pattern.data());
    for (const auto& [name, text] : files) {
        std::filesystem::create_directories((root / name).parent_path());
        std::ofstream(root / name) << text;
    }
    const double limit = limit_of_control_groups(root);
    std::filesystem::remove_all(root);
    return limit;
}

constexpr double none = std::numeric_limits<double>::infinity();

} // namespace

TEST(MemoryLimit, TheLowestOfAGroupAndThoseAboveIt)
{
    EXPECT_EQ(limit_in({{"proc/self/cgroup", "0::/slurm/job_7/step_0\n"},
                        {"sys/fs/cgroup/slurm/memory.max", "900000\n"},
                        {"sys/fs/cgroup/slurm/job_7/memory.max", "300000\n"},
                        {"sys/fs/cgroup/slurm/job_7/step_0/memory.max", "max\n"}}),
              300'000);
    EXPECT_EQ(limit_in({{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/memory.max", "300000\n"}}), 300'000);
}

TEST(MemoryLimit, VersionOneHasAHierarchyForMemory)
{
    EXPECT_EQ(limit_in({{"proc/self/cgroup", "12:cpu,cpuacct:/box\n9:hugetlb,memory:/box/in\n0::/\n"},
                        {"sys/fs/cgroup/cpu,cpuacct/box/memory.limit_in_bytes", "1\n"},
                        {"sys/fs/cgroup/memory/box/memory.limit_in_bytes", "400000\n"},
                        {"sys/fs/cgroup/memory/box/in/memory.limit_in_bytes", "9223372036854771712\n"},
                        {"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}}),
              400'000);
}

TEST(MemoryLimit, NoneIsNone)
{
    EXPECT_EQ(limit_in({}), none);
    EXPECT_EQ(limit_in({{"proc/self/cgroup", "0::/a\n"}}), none);
    EXPECT_EQ(limit_in({{"proc/self/cgroup", "0::/a\n"}, {"sys/fs/cgroup/a/memory.max", "max\n"}}), none);
    EXPECT_EQ(limit_in({{"proc/self/cgroup", "odd\n"}, {"sys/fs/cgroup/memory.max", "1\n"}}), none);
}
