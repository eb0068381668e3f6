// SPDX-License-Identifier: MIT
#include "mpi/communicator.hpp"

#include "base/patience.hpp"
#include "mpi/handle.hpp"
#include "mpi/mailbox.hpp"

#include <algorithm>
#include <utility>

namespace swather {

namespace {

// Rank 0's counts and displacements of one round are ints, and it has a copy of the round: of all ranks
// together, this much.
constexpr std::int64_t largest_round = std::int64_t{16} << 20;

/// One rank's part of round `round` of a transfer in pieces of `step` bytes.
struct Part {
    std::int64_t offset;
    int count;

    Part(std::int64_t total, std::int64_t step, std::int64_t round)
        : offset(std::min(round * step, total))
        , count(static_cast<int>(std::min(step, total - offset)))
    {
    }
};

/// Where the parts of all ranks lie in one buffer of a round.
struct Lanes {
    std::vector<int> counts, starts;
    Bytes buffer;

    Lanes(const std::vector<std::int64_t>& totals, std::int64_t step, std::int64_t round)
    {
        int start = 0;
        for (const std::int64_t total : totals) {
            starts.push_back(start);
            counts.push_back(Part(total, step, round).count);
            start += counts.back();
        }
        buffer.resize(static_cast<std::size_t>(start));
    }
};

} // namespace

struct Communicator::Alarms {
    explicit Alarms(const Communicator& comm)
        : mailbox(comm)
    {
    }

    Mailbox mailbox;
    bool raised = false;
};

Communicator Communicator::world() { return Communicator(Handle{duplicate_of(MPI_COMM_WORLD)}); }

Communicator::Communicator(Handle handle)
    : handle_(std::make_unique<Handle>(handle))
{
    check_mpi(MPI_Comm_rank(handle_->comm, &rank_), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(handle_->comm, &size_), "MPI_Comm_size");
    round_ = largest_round / size_;
    alarms_ = std::make_unique<Alarms>(*this);
}

Communicator::Communicator(Communicator&&) noexcept = default;
Communicator& Communicator::operator=(Communicator&&) noexcept = default;
Communicator::~Communicator() = default;

std::int64_t Communicator::rounds(std::int64_t longest) const
{
    std::int64_t all = 0;
    check_mpi(MPI_Allreduce(&longest, &all, 1, MPI_INT64_T, MPI_MAX, handle_->comm), "MPI_Allreduce");
    return (all + round_ - 1) / round_;
}

Bytes Communicator::broadcast(Bytes bytes) const
{
    auto total = static_cast<std::int64_t>(bytes.size());
    check_mpi(MPI_Bcast(&total, 1, MPI_INT64_T, 0, handle_->comm), "MPI_Bcast");
    bytes.resize(static_cast<std::size_t>(total));
    for (std::int64_t round = 0; round * largest_round < total; ++round) {
        const Part part(total, largest_round, round);
        check_mpi(MPI_Bcast(bytes.data() + part.offset, part.count, MPI_BYTE, 0, handle_->comm), "MPI_Bcast");
    }
    return bytes;
}

std::vector<Bytes> Communicator::gather(const Bytes& mine) const
{
    const auto my_total = static_cast<std::int64_t>(mine.size());
    std::vector<std::int64_t> totals(is_root() ? static_cast<std::size_t>(size_) : 0);
    check_mpi(MPI_Gather(&my_total, 1, MPI_INT64_T, totals.data(), 1, MPI_INT64_T, 0, handle_->comm),
              "MPI_Gather");

    std::vector<Bytes> all(totals.size());
    for (std::size_t r = 0; r < all.size(); ++r) all[r].reserve(static_cast<std::size_t>(totals[r]));
    for (std::int64_t round = 0, last = rounds(my_total); round < last; ++round) {
        const Part part(my_total, round_, round);
        Lanes lanes(totals, round_, round);
        check_mpi(MPI_Gatherv(mine.data() + part.offset, part.count, MPI_BYTE, lanes.buffer.data(),
                              lanes.counts.data(), lanes.starts.data(), MPI_BYTE, 0, handle_->comm),
                  "MPI_Gatherv");
        for (std::size_t r = 0; r < all.size(); ++r) {
            const auto* first = lanes.buffer.data() + lanes.starts[r];
            append(all[r], std::span(first, static_cast<std::size_t>(lanes.counts[r])));
        }
    }
    return all;
}

Bytes Communicator::scatter(const std::vector<Bytes>& all) const
{
    std::vector<std::int64_t> totals;
    if (is_root())
        for (const Bytes& one : all) totals.push_back(static_cast<std::int64_t>(one.size()));
    std::int64_t my_total = 0;
    check_mpi(MPI_Scatter(totals.data(), 1, MPI_INT64_T, &my_total, 1, MPI_INT64_T, 0, handle_->comm),
              "MPI_Scatter");

    Bytes mine(static_cast<std::size_t>(my_total));
    for (std::int64_t round = 0, last = rounds(my_total); round < last; ++round) {
        const Part part(my_total, round_, round);
        Lanes lanes(totals, round_, round);
        for (std::size_t r = 0; r < totals.size(); ++r)
            std::copy_n(all[r].data() + Part(totals[r], round_, round).offset, lanes.counts[r],
                        lanes.buffer.data() + lanes.starts[r]);
        check_mpi(MPI_Scatterv(lanes.buffer.data(), lanes.counts.data(), lanes.starts.data(), MPI_BYTE,
                               mine.data() + part.offset, part.count, MPI_BYTE, 0, handle_->comm),
                  "MPI_Scatterv");
    }
    return mine;
}

Bytes Communicator::shift(const Bytes& mine, int distance) const
{
    const int to = (rank_ + distance) % size_;
    const int from = (rank_ + size_ - distance % size_) % size_;
    const auto my_total = static_cast<std::int64_t>(mine.size());
    std::int64_t their_total = 0;
    check_mpi(MPI_Sendrecv(&my_total, 1, MPI_INT64_T, to, 0, &their_total, 1, MPI_INT64_T, from, 0,
                           handle_->comm, MPI_STATUS_IGNORE),
              "MPI_Sendrecv");
    Bytes theirs(static_cast<std::size_t>(their_total));
    for (std::int64_t round = 0, last = rounds(std::max(my_total, their_total)); round < last; ++round) {
        const Part out(my_total, round_, round);
        const Part in(their_total, round_, round);
        check_mpi(MPI_Sendrecv(mine.data() + out.offset, out.count, MPI_BYTE, to, 0,
                               theirs.data() + in.offset, in.count, MPI_BYTE, from, 0, handle_->comm,
                               MPI_STATUS_IGNORE),
                  "MPI_Sendrecv");
    }
    return theirs;
}

std::vector<Bytes> Communicator::exchange(std::vector<Bytes> of_ranks) const
{
    // What a rank has for itself goes nowhere.
    Bytes own = std::exchange(of_ranks[static_cast<std::size_t>(rank_)], {});
    std::vector<std::int64_t> out_totals;
    for (const Bytes& one : of_ranks) out_totals.push_back(static_cast<std::int64_t>(one.size()));
    std::vector<std::int64_t> in_totals(static_cast<std::size_t>(size_));
    check_mpi(
        MPI_Alltoall(out_totals.data(), 1, MPI_INT64_T, in_totals.data(), 1, MPI_INT64_T, handle_->comm),
        "MPI_Alltoall");

    std::vector<Bytes> theirs(in_totals.size());
    for (std::size_t r = 0; r < theirs.size(); ++r) theirs[r].resize(static_cast<std::size_t>(in_totals[r]));
    const std::int64_t longest = *std::max_element(out_totals.begin(), out_totals.end());
    for (std::int64_t round = 0, last = rounds(longest); round < last; ++round) {
        Lanes out(out_totals, round_, round);
        Lanes in(in_totals, round_, round);
        for (std::size_t r = 0; r < of_ranks.size(); ++r)
            std::copy_n(of_ranks[r].data() + Part(out_totals[r], round_, round).offset, out.counts[r],
                        out.buffer.data() + out.starts[r]);
        check_mpi(MPI_Alltoallv(out.buffer.data(), out.counts.data(), out.starts.data(), MPI_BYTE,
                                in.buffer.data(), in.counts.data(), in.starts.data(), MPI_BYTE,
                                handle_->comm),
                  "MPI_Alltoallv");
        for (std::size_t r = 0; r < theirs.size(); ++r)
            std::copy_n(in.buffer.data() + in.starts[r], in.counts[r],
                        theirs[r].data() + Part(in_totals[r], round_, round).offset);
    }
    theirs[static_cast<std::size_t>(rank_)] = std::move(own);
    return theirs;
}

std::vector<std::int64_t> Communicator::all_gather(std::int64_t mine) const
{
    std::vector<std::int64_t> all(static_cast<std::size_t>(size_));
    check_mpi(MPI_Allgather(&mine, 1, MPI_INT64_T, all.data(), 1, MPI_INT64_T, handle_->comm),
              "MPI_Allgather");
    return all;
}

std::int64_t Communicator::minimum(std::int64_t mine, const std::function<void()>& idle) const
{
    std::int64_t all = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Iallreduce(&mine, &all, 1, MPI_INT64_T, MPI_MIN, handle_->comm, &request),
              "MPI_Iallreduce");
    Patience patience;
    for (int arrived = 0;;) {
        check_mpi(MPI_Test(&request, &arrived, MPI_STATUS_IGNORE), "MPI_Test");
        if (arrived) return all;
        if (idle) idle();
        patience.wait();
    }
}

std::int64_t Communicator::sum(std::int64_t mine) const
{
    std::int64_t all = 0;
    check_mpi(MPI_Allreduce(&mine, &all, 1, MPI_INT64_T, MPI_SUM, handle_->comm), "MPI_Allreduce");
    return all;
}

std::vector<std::int64_t> Communicator::sums(std::vector<std::int64_t> mine) const
{
    constexpr std::size_t most = largest_round / sizeof(std::int64_t); // MPI may need as much room again
    for (std::size_t done = 0; done < mine.size(); done += most)
        check_mpi(MPI_Allreduce(MPI_IN_PLACE, mine.data() + done,
                                static_cast<int>(std::min(most, mine.size() - done)), MPI_INT64_T, MPI_SUM,
                                handle_->comm),
                  "MPI_Allreduce");
    return mine;
}

void Communicator::raise_alarm() const
{
    if (alarm_raised()) return;
    alarms_->raised = true;
    spread_alarm();
}

bool Communicator::alarm_raised() const
{
    if (!alarms_->raised && alarms_->mailbox.poll()) {
        alarms_->raised = true;
        if (is_root()) spread_alarm();
    }
    return alarms_->raised;
}

// By way of root: a signal or a full disk comes to all ranks at once, and if each told each, ten thousand of
// them would send a hundred million messages.
void Communicator::spread_alarm() const
{
    if (!is_root()) return alarms_->mailbox.post(0, {});
    for (int r = 1; r < size_; ++r) alarms_->mailbox.post(r, {});
}

void Communicator::clear_alarms() const
{
    alarms_->mailbox.drain([](const Mailbox::Message&) {});
    alarms_->raised = false;
}

} // namespace swather
