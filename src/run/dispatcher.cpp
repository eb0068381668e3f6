// SPDX-License-Identifier: MIT
#include "run/dispatcher.hpp"

#include "base/patience.hpp"
#include "base/stop.hpp"

namespace swather {

Dispatcher::Dispatcher(const Communicator& comm, std::deque<Bytes> blocks, bool only_serves)
    : comm_(comm)
    , mailbox_(comm)
    , only_serves_(only_serves)
    , blocks_(std::move(blocks))
{
}

Bytes Dispatcher::next()
{
    if (blocks_.empty()) return {};
    Bytes block = std::move(blocks_.front());
    blocks_.pop_front();
    return block;
}

void Dispatcher::ask()
{
    if (comm_.is_root() || asked_) return;
    mailbox_.post(0, {});
    asked_ = true;
}

std::optional<Bytes> Dispatcher::take(const std::function<void()>& idle)
{
    if (comm_.is_root()) {
        serve();
        if (only_serves_) serve_until_done(idle);
        if (comm_.alarm_raised()) return std::nullopt;
        Bytes block = next();
        return block.empty() ? std::nullopt : std::optional(std::move(block));
    }
    ask();
    for (Patience patience; !comm_.alarm_raised(); patience.wait()) {
        throw_if_stopped();
        auto answer = mailbox_.poll();
        if (!answer) continue;
        asked_ = false;
        return answer->bytes.empty() ? std::nullopt : std::optional(std::move(answer->bytes));
    }
    return std::nullopt;
}

void Dispatcher::serve()
{
    if (!comm_.is_root()) return;
    while (const auto request = mailbox_.poll()) {
        Bytes block = next();
        if (block.empty()) ++dismissed_;
        mailbox_.post(request->from, std::move(block));
    }
}

void Dispatcher::serve_until_done(const std::function<void()>& idle)
{
    for (Patience patience; dismissed_ < comm_.size() - 1 && !comm_.alarm_raised(); patience.wait()) {
        throw_if_stopped();
        idle();
        serve();
    }
}

void Dispatcher::finish()
{
    mailbox_.drain([](const Mailbox::Message&) {});
}

} // namespace swather
