// SPDX-License-Identifier: MIT
#pragma once

#include "mpi/communicator.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace swather {

/// Messages whose sender does not wait for them, on a communicator of their own: alarms, progress, blocks.
class Mailbox {
public:
    struct Message {
        int from = 0;
        Bytes bytes;
    };

    /// Collective.
    explicit Mailbox(const Communicator& comm);
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// Local. Sends a message to a rank, without waiting.
    void post(int to, Bytes bytes);
    /// Local. A message that has arrived, if there is one.
    std::optional<Message> poll();
    /// Collective. Takes in all that was ever posted to this rank; `take` is called with each message.
    void drain(const std::function<void(const Message&)>& take);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace swather
