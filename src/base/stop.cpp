// SPDX-License-Identifier: MIT
#include "base/stop.hpp"

#include "base/error.hpp"

#include <sys/time.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstring>

namespace swather {

namespace {

// The one global of the program: a signal handler can reach nothing else.
volatile std::sig_atomic_t signal_received = 0;

} // namespace

void stop_on_signals()
{
    struct sigaction action {};
    action.sa_handler = [](int number) { signal_received = number; };
    action.sa_flags = SA_RESTART;
    for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGALRM}) sigaction(number, &action, nullptr);
}

void stop_after(double seconds)
{
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(seconds);
    timer.it_value.tv_usec = std::max<suseconds_t>(1, static_cast<suseconds_t>(1e6 * std::fmod(seconds, 1)));
    setitimer(ITIMER_REAL, &timer, nullptr);
}

void throw_if_stopped()
{
    const int number = signal_received;
    if (number == SIGALRM) throw Error(Exit::stopped, "stopped early, before its time limit");
    if (number != 0) throw Error(Exit::stopped, "stopped early by a signal ({})", strsignal(number));
}

} // namespace swather
