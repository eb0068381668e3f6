// SPDX-License-Identifier: MIT
#include "mpi/agree.hpp"
#include "mpi/communicator.hpp"
#include "mpi/mailbox.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// Rank r's bytes: r repeated 5·r + 1 times, so that lengths are uneven and one round of a small limit is not
/// enough.
Bytes bytes_of(int rank)
{
    return Bytes(static_cast<std::size_t>(5 * rank + 1), static_cast<std::byte>(rank));
}

} // namespace

TEST(Communicator, BroadcastIsRootsOnAllRanks)
{
    const auto comm = Communicator::world();
    EXPECT_EQ(comm.broadcast(comm.is_root() ? 42 : -1), 42);
    EXPECT_EQ(comm.broadcast(comm.is_root() ? bytes_of(3) : Bytes{}), bytes_of(3));
    EXPECT_TRUE(comm.broadcast(comm.is_root() ? Bytes{} : bytes_of(1)).empty());
}

TEST(Communicator, GatherAndScatterInOneRoundAndInMany)
{
    auto comm = Communicator::world();
    for (const std::int64_t limit : {std::int64_t{1} << 20, std::int64_t{4}, std::int64_t{1}}) {
        comm.limit_rounds(limit);
        const auto all = comm.gather(bytes_of(comm.rank()));
        ASSERT_EQ(all.size(), comm.is_root() ? static_cast<std::size_t>(comm.size()) : 0u);
        for (std::size_t r = 0; r < all.size(); ++r) EXPECT_EQ(all[r], bytes_of(static_cast<int>(r)));
        EXPECT_EQ(comm.scatter(all), bytes_of(comm.rank()));
    }
}

TEST(Communicator, TypedGatherAndScatter)
{
    const auto comm = Communicator::world();
    const std::vector<double> mine(static_cast<std::size_t>(comm.rank()), 0.5 * comm.rank());
    const auto all = comm.gather(mine);
    if (comm.is_root()) {
        EXPECT_EQ(all.back().size(), static_cast<std::size_t>(comm.size() - 1));
    }
    EXPECT_EQ(comm.scatter(all), mine);
}

TEST(Communicator, ShiftGoesAroundTheRing)
{
    auto comm = Communicator::world();
    comm.limit_rounds(3);
    for (int distance = 1; distance <= comm.size(); ++distance) {
        const int from = (comm.rank() + comm.size() - distance % comm.size()) % comm.size();
        EXPECT_EQ(comm.shift(bytes_of(comm.rank()), distance), bytes_of(from));
    }
}

TEST(Communicator, ExchangeIsAllToAll)
{
    auto comm = Communicator::world();
    for (const std::int64_t limit : {std::int64_t{1} << 20, std::int64_t{3}}) {
        comm.limit_rounds(limit);
        // Rank r sends to rank q its bytes r + q: what comes from each is known, and uneven.
        std::vector<Bytes> out;
        for (int to = 0; to < comm.size(); ++to) out.push_back(bytes_of(comm.rank() + 2 * to));
        const auto in = comm.exchange(out);
        ASSERT_EQ(in.size(), out.size());
        for (int from = 0; from < comm.size(); ++from)
            EXPECT_EQ(in[static_cast<std::size_t>(from)], bytes_of(from + 2 * comm.rank()));
    }
}

TEST(Communicator, AllGather)
{
    const auto comm = Communicator::world();
    const auto all = comm.all_gather(10 * comm.rank());
    ASSERT_EQ(all.size(), static_cast<std::size_t>(comm.size()));
    for (std::size_t r = 0; r < all.size(); ++r) EXPECT_EQ(all[r], 10 * static_cast<std::int64_t>(r));
}

TEST(Communicator, MinimumAndSum)
{
    const auto comm = Communicator::world();
    EXPECT_EQ(comm.minimum(100 - comm.rank()), 100 - (comm.size() - 1));
    EXPECT_EQ(comm.sum(comm.rank()), comm.size() * (comm.size() - 1) / 2);
}

TEST(Communicator, SumsOfManyNumbers)
{
    const auto comm = Communicator::world();
    std::vector<std::int64_t> mine(2'500'000); // 20 MB: two rounds
    for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = static_cast<std::int64_t>(i) * (comm.rank() + 1);
    const auto sums = comm.sums(std::move(mine));
    ASSERT_EQ(sums.size(), 2'500'000u);
    const std::int64_t factor = std::int64_t{comm.size()} * (comm.size() + 1) / 2; // 1 + 2 + …
    for (std::size_t i = 0; i < sums.size(); ++i) ASSERT_EQ(sums[i], static_cast<std::int64_t>(i) * factor);
    EXPECT_TRUE(comm.sums({}).empty());
}

TEST(Mailbox, EveryMessageArrivesOnceByPollOrByDrain)
{
    const auto comm = Communicator::world();
    Mailbox mailbox(comm);
    for (int round = 0; round < 2;
         ++round) {                          // what the first drain leaves behind would be seen in the second
        for (std::size_t i = 0; i < 10; ++i) // of none to many bytes
            mailbox.post(0, Bytes(i * 10'000, static_cast<std::byte>(comm.rank())));
        std::int64_t messages = 0;
        std::size_t bytes = 0;
        const auto take = [&](const Mailbox::Message& message) {
            ++messages;
            bytes += message.bytes.size();
            for (const std::byte byte : message.bytes) ASSERT_EQ(byte, static_cast<std::byte>(message.from));
        };
        for (int i = 0; i < 5; ++i)
            if (const auto message = mailbox.poll()) take(*message);
        mailbox.drain(take);
        EXPECT_EQ(messages, comm.is_root() ? 10 * comm.size() : 0);
        EXPECT_EQ(bytes, comm.is_root() ? 450'000 * static_cast<std::size_t>(comm.size()) : 0);
    }
}

TEST(Agree, GoesOnWhereNobodyFailed)
{
    const auto comm = Communicator::world();
    int calls = 0;
    agree(comm, [&] { ++calls; });
    EXPECT_EQ(calls, 1);
}

TEST(Agree, AllRanksThrowTheErrorOfTheLowestBlock)
{
    const auto comm = Communicator::world();
    for (int repeat = 0; repeat < 3; ++repeat) { // alarms of one failure must not be heard in the next phase
        EXPECT_FALSE(comm.alarm_raised());
        EXPECT_EQ(comm.sum(0), 0); // nobody fails again before all have looked
        try {
            // Every rank fails; the highest rank has the lowest block.
            agree(comm,
                  [&] { throw Error(Exit::bad_data, "rank {}", comm.rank()).ordered(100 - comm.rank()); });
            FAIL() << "no error";
        } catch (const AgreedError& error) {
            EXPECT_EQ(error.what(), fmt::format("rank {}", comm.size() - 1));
            EXPECT_EQ(error.code(), Exit::bad_data);
            EXPECT_EQ(error.order(), 100 - (comm.size() - 1));
        }
    }
}

TEST(Agree, AFailureOfOneRankWithoutAnOrderIsSeenByAll)
{
    const auto comm = Communicator::world();
    const int failing = comm.size() - 1;
    try {
        agree(comm, [&] {
            if (comm.rank() == failing) throw std::runtime_error("boom");
            while (!comm.alarm_raised()) {
            } // hangs unless the alarm comes
        });
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        EXPECT_STREQ(error.what(), "boom");
        EXPECT_EQ(error.code(), Exit::internal);
    }
    EXPECT_FALSE(comm.alarm_raised());
}

TEST(Agree, ShareGivesRootsValueOrRootsError)
{
    const auto comm = Communicator::world();
    EXPECT_EQ(share(comm, [&] { return 7 + comm.rank(); }), 7);
    EXPECT_THROW(share(comm, [] { throw Error(Exit::cannot_read, "no file"); }), AgreedError);
}
