// SPDX-License-Identifier: MIT
#include "run/progress.hpp"

#include "base/log.hpp"
#include "base/stopwatch.hpp"
#include "base/units.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>

namespace swather {

namespace {

constexpr double least_seconds_between_reports = 0.5;
constexpr double most_reports_in_a_second = 1'000; // to root, of all ranks
constexpr double seconds_between_bars = 0.2;
constexpr double seconds_between_lines = 30;
constexpr double least_seconds_between_lines = 2; // where little time makes large parts
constexpr double part_between_lines = 0.05;
constexpr int bar_width = 40;

/// Whether stderr is a terminal: ours, or that of the mpirun which forwards it.
bool stderr_is_terminal()
{
    if (::isatty(STDERR_FILENO)) return true;
    std::error_code ignored;
    const auto of_parent = std::filesystem::read_symlink(fmt::format("/proc/{}/fd/2", ::getppid()), ignored);
    const bool pipe = std::filesystem::read_symlink("/proc/self/fd/2", ignored).string().starts_with("pipe:");
    const auto comm =
        std::filesystem::read_symlink(fmt::format("/proc/{}/exe", ::getppid()), ignored).filename();
    return pipe && (comm == "mpirun" || comm == "orterun" || comm == "mpiexec") &&
           of_parent.string().starts_with("/dev/pts/");
}

} // namespace

Progress::Progress(const Communicator& comm, const std::string& style, Index blocks, double cost,
                   Index done_before, Status& status)
    : comm_(comm)
    , mailbox_(comm)
    , blocks_(blocks)
    , cost_(cost)
    , done_before_(done_before)
    , status_(status)
    , start_(wall_seconds())
    , last_report_(start_)
    , last_show_(start_)
{
    if (!comm.is_root()) return;
    status_.blocks(done_before_, done_before_ + blocks_, -1);
    if (style == "none") return;
    const bool bar = style == "bar" || (style == "auto" && stderr_is_terminal());
    style_ = bar ? Style::bar : Style::plain;
}

void Progress::block_done(double cost)
{
    ++done_.blocks;
    done_.cost += cost;
    if (comm_.is_root())
        poll();
    else if (wall_seconds() - last_report_ >
             std::max(least_seconds_between_reports, comm_.size() / most_reports_in_a_second))
        report();
}

void Progress::report()
{
    Bytes message;
    put(message, done_);
    mailbox_.post(0, std::move(message));
    done_ = {};
    last_report_ = wall_seconds();
}

void Progress::take(const Mailbox::Message& message)
{
    const auto theirs = BytesReader(message.bytes).get<Done>();
    done_.blocks += theirs.blocks;
    done_.cost += theirs.cost;
}

double Progress::part() const { return cost_ > 0 ? std::min(done_.cost / cost_, 1.0) : 1.0; }

double Progress::seconds_left() const
{
    const double seconds = wall_seconds() - start_;
    return part() > 0 ? seconds / part() * (1 - part()) : -1;
}

bool Progress::is_time_to_show(double now) const
{
    const double pause = now - last_show_;
    if (style_ == Style::bar) return pause > seconds_between_bars;
    return pause > seconds_between_lines ||
           (pause > least_seconds_between_lines && part() - last_part_ > part_between_lines);
}

void Progress::poll()
{
    if (!comm_.is_root()) return;
    while (const auto message = mailbox_.poll()) take(*message);
    status_.blocks(done_before_ + done_.blocks, done_before_ + blocks_, seconds_left());
    const double now = wall_seconds();
    if (style_ == Style::none || !is_time_to_show(now)) return;
    last_show_ = now;
    last_part_ = part();
    show();
}

void Progress::show()
{
    const double seconds = wall_seconds() - start_;
    const auto rate = human_bytes(done_.cost / std::max(seconds, 1e-3)) + "/s";
    const auto left = part() > 0 ? human_seconds(seconds_left()) : std::string("unknown time");
    const auto text = fmt::format("{} of {} blocks, {:.0f} %, {}, {} left", with_commas(done_.blocks),
                                  with_commas(blocks_), 100 * part(), rate, left);
    if (style_ == Style::plain) {
        spdlog::info("{}", text);
        return;
    }
    const int filled = static_cast<int>(part() * bar_width);
    fmt::print(stderr, "\r[{:=<{}}{: <{}}] {}\033[K", "", filled, "", bar_width - filled, text);
    std::fflush(stderr);
    bar_shown_ = true;
}

void Progress::finish()
{
    if (!comm_.is_root() && done_.blocks > 0) report();
    mailbox_.drain([&](const Mailbox::Message& message) { take(message); });
    if (comm_.is_root()) status_.blocks(done_before_ + done_.blocks, done_before_ + blocks_, -1);
    if (style_ == Style::bar) show();
    if (bar_shown_) fmt::print(stderr, "\n");
}

} // namespace swather
