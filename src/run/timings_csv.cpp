// SPDX-License-Identifier: MIT
#include "run/timings_csv.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace swather {

namespace {

/// A field as RFC 4180 has it.
std::string field_of(const std::string& text)
{
    if (text.find_first_of(",\"\n\r") == text.npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

/// Each write of a file that is opened so is one piece, at its end.
int open_to_append(const std::string& path)
{
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

} // namespace

void check_timings_place(const std::string& path)
{
    const int descriptor = open_to_append(path);
    if (descriptor < 0) throw system_error(Exit::cannot_create, errno, "write the timings to", path);
    ::close(descriptor);
}

void append_timings(const std::string& path, const std::vector<std::pair<std::string, std::string>>& facts,
                    const std::vector<Timings::OfRank>& ranks)
{
    std::string names, values;
    for (const auto& [name, value] : facts) {
        names += name + ",";
        values += field_of(value) + ",";
    }
    const Totals totals(ranks);
    const auto size = static_cast<double>(ranks.size());
    for (std::size_t p = 0; p < Timings::phases; ++p) {
        const char* const phase = name_of(static_cast<Phase>(p));
        names += fmt::format("{0}_wall_max,{0}_wall_mean,{0}_cpu_max,{0}_cpu_mean,", phase);
        values += fmt::format("{:.3f},{:.3f},{:.3f},{:.3f},", totals.longest.wall[p],
                              totals.sum.wall[p] / size, totals.longest.cpu[p], totals.sum.cpu[p] / size);
    }
    names += "imbalance\n";
    values += fmt::format("{:.3f}\n", totals.imbalance());

    const int descriptor = open_to_append(path);
    struct stat status {};
    const bool is_open = descriptor >= 0 && ::fstat(descriptor, &status) == 0;
    const std::string line = is_open && status.st_size == 0 ? names + values : values;
    const bool is_whole =
        is_open && ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    const int failure = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!is_whole) throw system_error(Exit::io, failure, "append the timings to", path);
}

} // namespace swather
