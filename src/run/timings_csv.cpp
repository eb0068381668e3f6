// SPDX-License-Identifier: MIT
#include "run/timings_csv.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace swather {

namespace {

/// The names of the columns, a line.
std::string header()
{
    std::string names =
        "date,version,command_line,hosts,nodes,ranks,schedule,blocks,bytes_in,bytes_out,wall,";
    for (std::size_t p = 0; p < Timings::phases; ++p)
        names += fmt::format("{0}_wall_max,{0}_wall_mean,{0}_cpu_max,{0}_cpu_mean,",
                             name_of(static_cast<Phase>(p)));
    return names + "imbalance\n";
}

/// A field as RFC 4180 has it.
std::string field_of(const std::string& text)
{
    if (text.find_first_of(",\"\n\r") == text.npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string line_of(const RunFacts& facts, const std::vector<Timings::OfRank>& ranks)
{
    std::string line =
        fmt::format("{},{},{},{},{},{},{},{},{:.0f},{:.0f},{:.3f},", facts.date, facts.version,
                    field_of(facts.command_line), field_of(facts.hosts), facts.nodes, facts.ranks,
                    facts.schedule, facts.blocks, facts.bytes_in, facts.bytes_out, facts.wall);
    const Totals totals(ranks);
    const auto size = static_cast<double>(ranks.size());
    for (std::size_t p = 0; p < Timings::phases; ++p)
        line += fmt::format("{:.3f},{:.3f},{:.3f},{:.3f},", totals.longest.wall[p], totals.sum.wall[p] / size,
                            totals.longest.cpu[p], totals.sum.cpu[p] / size);
    return line + fmt::format("{:.3f}\n", totals.imbalance());
}

} // namespace

void check_csv_place(std::string_view option, const std::string& path, std::string_view names)
{
    const bool is_there = ::access(path.c_str(), F_OK) == 0;
    const std::string written = is_there ? path : folder_of(path);
    if (::access(written.c_str(), W_OK) != 0)
        throw system_error(Exit::cannot_create, errno, "write the timings to", path);
    if (!is_there) return;
    if (!std::filesystem::is_regular_file(path))
        throw Error(Exit::cannot_create, "{} '{}' is no file", option, path);
    std::ifstream file(path, std::ios::binary);
    std::string begin(names.size(), '\0');
    file.read(begin.data(), std::ssize(begin));
    if (file.gcount() != 0 && begin != names)
        throw Error(Exit::cannot_create,
                    "{} '{}': what stands there are not timings with the columns of this swather", option,
                    path)
            .remedy("name another file");
}

void check_timings_place(const std::string& path) { check_csv_place("--timings-csv", path, header()); }

void append_timings(const std::string& path, const RunFacts& facts, const std::vector<Timings::OfRank>& ranks)
{
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) throw system_error(Exit::io, errno, "append the timings to", path);
    ::flock(descriptor, LOCK_EX); // where there are no locks, two runs that end at once may both write names
    struct stat status {};
    const bool is_new = ::fstat(descriptor, &status) == 0 && status.st_size == 0;
    const std::string text = (is_new ? header() : "") + line_of(facts, ranks);
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    const bool is_whole = written == std::ssize(text);
    const int failure = written < 0 ? errno : ENOSPC;
    if (!is_whole) (void)!::ftruncate(descriptor, status.st_size);
    ::close(descriptor);
    if (!is_whole) throw system_error(Exit::io, failure, "append the timings to", path);
}

} // namespace swather
