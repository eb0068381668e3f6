// SPDX-License-Identifier: MIT
#include "run/time_limit.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/stop.hpp"
#include "base/units.hpp"
#include "run/timings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>

namespace swather {

namespace {

/// What a command prints on its first line; nothing where it fails.
std::string first_line_of(const std::string& command)
{
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::array<char, 256> line{};
    if (!pipe || !std::fgets(line.data(), static_cast<int>(line.size()), pipe.get())) return "";
    std::string text(line.data());
    text.erase(text.find_last_not_of(" \n") + 1);
    return text;
}

/// Seconds that SLURM has left for this job; none where there is no job or no limit.
std::optional<double> left_by_slurm()
{
    const char* const end = std::getenv("SLURM_JOB_END_TIME"); // SLURM 23.02 and later
    const double seconds = (end ? std::strtod(end, nullptr) : 0) - static_cast<double>(std::time(nullptr));
    constexpr double year = 366.0 * 24 * 3600;
    if (end && std::abs(seconds) < year) return seconds;
    const char* const job = std::getenv("SLURM_JOB_ID");
    if (!job || std::string_view(job).find_first_not_of("0123456789") != std::string_view::npos) return {};
    // The last task of an array has the array's number, of which squeue tells all tasks.
    const std::string left = first_line_of(
        fmt::format("squeue --noheader --states=RUNNING --jobs={0} --format='%A %L' 2>/dev/null | "
                    "awk '$1 == {0} {{ print $2 }}'",
                    job));
    // Else it says UNLIMITED, NOT_SET or INVALID.
    if (left.empty() || left.find_first_not_of("0123456789:-") != left.npos) return {};
    if (left.find_first_not_of("0:-") == left.npos) return 0; // of the last second
    return parse_duration("squeue:", left);
}

} // namespace

void keep_time_limit(const std::string& limit)
{
    const bool asks_slurm = limit == "auto";
    const auto left =
        asks_slurm ? left_by_slurm() : parse_duration("--time-limit", limit) - seconds_since_start();
    if (!left) return spdlog::info("--time-limit auto: there is no SLURM job here that has a limit");
    const double reserve = std::clamp(*left / 20, std::min(5.0, *left / 2), 300.0);
    if (asks_slurm) spdlog::info("SLURM ends this job in {}", human_seconds(std::max(*left, 0.0)));
    stop_after(std::max(*left - reserve, 1e-3));
}

} // namespace swather
