// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"

#include <array>
#include <optional>

namespace swather {

/// Short messages that nobody waits for, on a communicator of their own: alarms and progress.
class Mailbox {
public:
    using Message = std::array<std::int64_t, 2>;

    /// Collective.
    explicit Mailbox(const Communicator& comm);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// Local. Sends a message to a rank, without waiting.
    void post(int to, const Message& message);
    /// Local. A message that has arrived, if there is one.
    std::optional<Message> poll();
    /// Collective. Takes in all that was ever posted to this rank; `take` is called with each message.
    void drain(const std::function<void(const Message&)>& take);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
