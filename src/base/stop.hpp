// SPDX-License-Identifier: MIT
#pragma once

namespace swather {

/// Local. From now on SIGINT, SIGTERM and SIGUSR1 ask the program to stop in order instead of killing it.
void stop_on_signals();

/// Local. Asks this program to stop in order in so many seconds, more than 0.
void stop_after(double seconds);

/// Local. Throws `Exit::stopped` where a signal, or the time, has asked to stop. Cheap: called between blocks
/// and chunks.
void throw_if_stopped();

} // namespace swather
