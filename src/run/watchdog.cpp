// SPDX-License-Identifier: MIT
#include "run/watchdog.hpp"

#include "base/log.hpp"
#include "base/units.hpp"
#include "mpi/environment.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <future>

namespace swather {

namespace {

constexpr int watchers = 2;  // rank 0, and rank 1 for the case of rank 0
constexpr double looks = 10; // in the longest standstill, and one a minute at least
constexpr double longest_interval = 60;
constexpr double most_seconds_to_tell = 2;
constexpr std::size_t most_lines = 4; // of a report

double seconds_of(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Bytes that a thread has read and written in system calls; 0 where the kernel does not count them.
std::uint64_t bytes_moved(const std::string& io)
{
    std::ifstream file(io);
    std::uint64_t sum = 0;
    std::string name;
    for (std::uint64_t value = 0; file >> name >> value;)
        if (name == "rchar:" || name == "wchar:") sum += value;
    return sum;
}

} // namespace

Watchdog::Watchdog(const Communicator& comm, const Nodes& nodes, double seconds,
                   std::function<void(Error)> tell)
    : comm_(comm)
    , nodes_(nodes)
    , limit_(seconds)
    , interval_(std::min(seconds / looks, longest_interval))
    , tell_(std::move(tell))
    , mailbox_(comm)
    , io_of_main_(fmt::format("/proc/self/task/{}/io", ::getpid()))
    , last_moved_(wall_seconds())
    , last_look_(last_moved_)
{
    if (limit_ == 0) return;
    if (!Environment::allows_threads() || pthread_getcpuclockid(pthread_self(), &clock_of_main_) != 0) {
        spdlog::warn("no --watchdog: this MPI lets no thread but the main one speak");
        return;
    }
    if (comm.rank() < watchers)
        heard_.assign(static_cast<std::size_t>(comm.size()), Heard{Sight{}, last_moved_});

    // Signals are the main thread's.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Watchdog::~Watchdog() { join(); }

void Watchdog::stop()
{
    join();
    mailbox_.drain([](const Mailbox::Message&) {});
}

void Watchdog::join()
{
    {
        const std::lock_guard lock(mutex_);
        end_ = true;
    }
    ended_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Watchdog::see(Phase phase, Index block)
{
    phase_ = phase;
    block_ = block;
    ++steps_;
}

void Watchdog::watch()
{
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, std::chrono::duration<double>(interval_), [&] { return end_; })) {
        const double now = wall_seconds();
        if (now - last_look_ > limit_ / 2) start_anew(now);
        last_look_ = now;
        const Sight sight = look(now);
        try {
            Bytes message;
            put(message, sight);
            for (int rank = 0; rank < std::min(watchers, comm_.size()); ++rank)
                if (rank != comm_.rank()) mailbox_.post(rank, message);
            if (comm_.rank() >= watchers) continue;
            heard_[static_cast<std::size_t>(comm_.rank())] = {sight, now};
            listen(now);
        } catch (const Error&) {
            return; // MPI has failed, and will tell the main thread
        }
        if (!is_mine_to_tell(now)) continue;
        const auto telling = std::async(std::launch::async, tell_, report(now));
        // Before rank 1 takes this one for silent.
        telling.wait_for(std::chrono::duration<double>(std::min(most_seconds_to_tell, limit_ / 4)));
        Environment::abort(static_cast<int>(Exit::io));
    }
}

/// This process itself was stopped, or the whole job (SIGSTOP, scontrol suspend): nobody has seen anything.
void Watchdog::start_anew(double now)
{
    last_moved_ = now;
    for (Heard& heard : heard_) heard = {Sight{}, now};
}

Watchdog::Sight Watchdog::look(double now)
{
    const std::uint64_t steps = steps_;
    const std::uint64_t bytes = bytes_moved(io_of_main_);
    const double cpu = seconds_of(clock_of_main_);
    // Between its blocks a rank waits, and root tells how far all are: those bytes are no movement.
    const bool is_waiting = phase_ == Phase::compute && block_ == no_block;
    if (steps != last_steps_ || (bytes != last_bytes_ && !is_waiting)) last_moved_ = now;
    const bool is_blocked = cpu - last_cpu_ < 1e-3 * interval_;
    last_steps_ = steps;
    last_bytes_ = bytes;
    last_cpu_ = cpu;
    return {now - last_moved_, phase_, block_, is_blocked};
}

void Watchdog::listen(double now)
{
    while (const auto message = mailbox_.poll())
        heard_[static_cast<std::size_t>(message->from)] = {BytesReader(message->bytes).get<Sight>(), now};
}

bool Watchdog::is_mine_to_tell(double now) const
{
    if (std::any_of(heard_.begin(), heard_.end(),
                    [&](const Heard& heard) { return heard.still(now) < limit_; }))
        return false;
    return comm_.rank() == 0 || sign_of(heard_.front(), now) == Sign::silent;
}

Watchdog::Sign Watchdog::sign_of(const Heard& heard, double now) const
{
    if (heard.silent(now) > limit_ / 2) return Sign::silent;
    if (heard.sight.is_blocked) return Sign::waits_for_device;
    return heard.sight.block != no_block ? Sign::has_block : Sign::is_busy;
}

Error Watchdog::report(double now) const
{
    constexpr std::array words{"is silent", "waits for a device", "does not come to an end",
                               "computes, or waits for others"};
    std::vector<Sign> signs;
    for (const Heard& heard : heard_) signs.push_back(sign_of(heard, now));
    const Sign surest = *std::min_element(signs.begin(), signs.end());

    std::string lines;
    std::size_t stuck = 0;
    for (std::size_t rank = 0; rank < heard_.size(); ++rank) {
        if (signs[rank] != surest || ++stuck > most_lines) continue;
        const Sight& sight = heard_[rank].sight;
        lines += fmt::format("\n  rank {} on {} {}: {}{}", rank, nodes_.host(static_cast<int>(rank)),
                             words[static_cast<std::size_t>(surest)], name_of(sight.phase),
                             sight.block == no_block ? "" : fmt::format(", block {}", sight.block));
    }
    if (stuck > most_lines)
        lines += fmt::format("\n  … {} ranks in all", with_commas(static_cast<Index>(stuck)));
    return Error(Exit::io, "nothing has moved for {}: no rank has got on, read or written{}",
                 human_seconds(limit_), lines)
        .remedy("{}", surest == Sign::has_block
                          ? "where a block may take so long, give a longer --watchdog, or off; or, in a run "
                            "from the start, a smaller --block-size"
                          : "see to these nodes and their file systems");
}

} // namespace swather
