// SPDX-License-Identifier: MIT
#include "base/stop.hpp"

#include "base/error.hpp"

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
    for (const int number : {SIGINT, SIGTERM, SIGUSR1}) sigaction(number, &action, nullptr);
}

void throw_if_stopped()
{
    if (const int number = signal_received; number != 0)
        throw Error(Exit::stopped, "stopped early by a signal ({})", strsignal(number));
}

} // namespace swather
