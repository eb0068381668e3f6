// SPDX-License-Identifier: MIT
#include "mpi/mailbox.hpp"

#include "mpi/handle.hpp"

#include <deque>
#include <numeric>

namespace swather {

struct Mailbox::State {
    struct Posted {
        Bytes bytes;
        MPI_Request request = MPI_REQUEST_NULL;
    };

    MPI_Comm comm = MPI_COMM_NULL;
    std::deque<Posted> posted; // a deque, because MPI keeps the address of a message until it has been sent
    std::vector<int> sent;     // messages to each rank since the last drain
    int received = 0;

    /// The message that a probe has found.
    Message receive(const MPI_Status& found)
    {
        int size = 0;
        check_mpi(MPI_Get_count(&found, MPI_BYTE, &size), "MPI_Get_count");
        Message message{found.MPI_SOURCE, Bytes(static_cast<std::size_t>(size))};
        check_mpi(MPI_Recv(message.bytes.data(), size, MPI_BYTE, message.from, 0, comm, MPI_STATUS_IGNORE),
                  "MPI_Recv");
        ++received;
        return message;
    }
};

Mailbox::Mailbox(const Communicator& comm)
    : state_(std::make_unique<State>())
{
    state_->comm = duplicate_of(comm.handle_->comm);
    state_->sent.resize(static_cast<std::size_t>(comm.size()));
}

Mailbox::~Mailbox() = default;

void Mailbox::post(int to, Bytes bytes)
{
    auto& posted = state_->posted;
    for (int done = 1; !posted.empty() && done;) {
        check_mpi(MPI_Test(&posted.front().request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done) posted.pop_front();
    }
    auto& mine = posted.emplace_back(State::Posted{std::move(bytes)});
    check_mpi(MPI_Isend(mine.bytes.data(), static_cast<int>(mine.bytes.size()), MPI_BYTE, to, 0, state_->comm,
                        &mine.request),
              "MPI_Isend");
    ++state_->sent[static_cast<std::size_t>(to)];
}

std::optional<Mailbox::Message> Mailbox::poll()
{
    int arrived = 0;
    MPI_Status status;
    check_mpi(MPI_Iprobe(MPI_ANY_SOURCE, 0, state_->comm, &arrived, &status), "MPI_Iprobe");
    if (!arrived) return std::nullopt;
    return state_->receive(status);
}

void Mailbox::drain(const std::function<void(const Message&)>& take)
{
    int expected = 0;
    check_mpi(MPI_Reduce_scatter_block(state_->sent.data(), &expected, 1, MPI_INT, MPI_SUM, state_->comm),
              "MPI_Reduce_scatter_block");
    while (state_->received < expected) {
        MPI_Status status;
        check_mpi(MPI_Probe(MPI_ANY_SOURCE, 0, state_->comm, &status), "MPI_Probe");
        take(state_->receive(status));
    }
    for (auto& posted : state_->posted) check_mpi(MPI_Wait(&posted.request, MPI_STATUS_IGNORE), "MPI_Wait");
    state_->posted.clear();
    std::fill(state_->sent.begin(), state_->sent.end(), 0);
    state_->received = 0;
    // Who is done first must not post anew while another still waits for what is old.
    check_mpi(MPI_Barrier(state_->comm), "MPI_Barrier");
}

} // namespace swather
