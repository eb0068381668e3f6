// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/mailbox.hpp"

#include <deque>
#include <functional>
#include <optional>

namespace swather {

/// Hands out blocks on demand: a rank asks for its next one when it begins another, so that the answer is
/// there in time, and root answers in between its own blocks. Root of many ranks does nothing else.
class Dispatcher {
public:
    /// Root of so many ranks has no blocks of its own. To answer takes it some 15 µs (30,000 blocks of 100
    /// positions on 2 ranks), but who asks while it computes waits for the end of its block, which one block
    /// ahead does not always hide; and of 64 ranks' work root's share is but the 64th part.
    static constexpr int ranks_of_a_server = 64;

    /// Collective. `blocks`: root's, packed, in the order in which they are to be handed out; `only_serves`:
    /// to others only.
    Dispatcher(const Communicator& comm, std::deque<Bytes> blocks, bool only_serves);

    /// Local. Asks for the next block of this rank, where that is not done already.
    void ask();
    /// Local. The block that was asked for; none when all are handed out, or another rank has failed. Waits
    /// for root's answer; root that only serves does so until all are served, and calls `idle` meanwhile.
    /// Throws where a signal asks to stop.
    std::optional<Bytes> take(const std::function<void()>& idle);
    /// Local. Root: answers all who have asked.
    void serve();
    /// Collective. Forgets what was asked and answered: to be called when no rank takes any more.
    void finish();

private:
    /// The next block; empty where there is none.
    Bytes next();
    void serve_until_done(const std::function<void()>& idle);

    const Communicator& comm_;
    Mailbox mailbox_;
    bool only_serves_;
    std::deque<Bytes> blocks_;
    bool asked_ = false; ///< and not yet answered
    int dismissed_ = 0;  ///< root: ranks that were told that there is no block left
};

} // namespace swather
