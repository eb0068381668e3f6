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

constexpr double seconds_between_reports = 0.5;
constexpr double seconds_between_bars = 0.2;
constexpr double seconds_between_lines = 5;
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

Progress::Progress(const Communicator& comm, const std::string& style, Index blocks, double cost)
    : comm_(comm)
    , mailbox_(comm)
    , blocks_(blocks)
    , cost_(cost)
    , start_(wall_seconds())
    , last_report_(start_)
    , last_show_(start_)
{
    if (!comm.is_root() || style == "none") return;
    const bool bar = style == "bar" || (style == "auto" && stderr_is_terminal());
    style_ = bar ? Style::bar : Style::plain;
}

void Progress::block_done(double cost)
{
    ++done_;
    done_cost_ += cost;
    if (comm_.is_root())
        poll();
    else if (wall_seconds() - last_report_ > seconds_between_reports)
        report();
}

void Progress::report()
{
    mailbox_.post(0, {done_, std::llround(done_cost_)});
    done_ = 0;
    done_cost_ = 0;
    last_report_ = wall_seconds();
}

void Progress::poll()
{
    if (!comm_.is_root()) return;
    while (const auto message = mailbox_.poll()) {
        done_ += (*message)[0];
        done_cost_ += static_cast<double>((*message)[1]);
    }
    const double pause = style_ == Style::bar ? seconds_between_bars : seconds_between_lines;
    if (style_ == Style::none || wall_seconds() - last_show_ < pause) return;
    last_show_ = wall_seconds();
    show();
}

void Progress::show()
{
    const double part = cost_ > 0 ? std::min(done_cost_ / cost_, 1.0) : 1.0;
    const double seconds = wall_seconds() - start_;
    const auto rate = human_bytes(done_cost_ / std::max(seconds, 1e-3)) + "/s";
    const auto left = part > 0 ? human_seconds(seconds / part * (1 - part)) : std::string("unknown time");
    const auto text = fmt::format("{} of {} blocks, {:.0f} %, {}, {} left", with_commas(done_),
                                  with_commas(blocks_), 100 * part, rate, left);
    if (style_ == Style::plain) {
        spdlog::info("{}", text);
        return;
    }
    const int filled = static_cast<int>(part * bar_width);
    fmt::print(stderr, "\r[{:=<{}}{: <{}}] {}\033[K", "", filled, "", bar_width - filled, text);
    std::fflush(stderr);
    bar_shown_ = true;
}

void Progress::finish()
{
    if (!comm_.is_root() && done_ > 0) report();
    mailbox_.drain([&](const Mailbox::Message& message) {
        done_ += message[0];
        done_cost_ += static_cast<double>(message[1]);
    });
    if (style_ == Style::bar) show();
    if (bar_shown_) fmt::print(stderr, "\n");
}

} // namespace swather
