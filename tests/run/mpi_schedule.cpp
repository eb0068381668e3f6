// SPDX-License-Identifier: MIT
#include "mpi/agree.hpp"
#include "run/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

using namespace swather;

namespace {

/// Root's descriptors of so many blocks of different costs; block i has i bytes.
std::vector<Descriptor> descriptors(const Communicator& comm, Index blocks)
{
    std::vector<Descriptor> all;
    for (Index id = 0; id < (comm.is_root() ? blocks : 0); ++id)
        all.push_back({Block{.id = id,
                             .core = {id, id + 1},
                             .reach = {id, id + 1},
                             .cost = static_cast<double>(id * 37 % 11)},
                       Bytes(static_cast<std::size_t>(id), static_cast<std::byte>(id))});
    return all;
}

/// Collective. The ids that all ranks got together, in order; `work` is called with each block.
template <class Work>
std::vector<Index> dealt(const Communicator& comm, Index blocks, Dealing dealing, Work&& work,
                         int ranks_of_a_server = 64)
{
    Schedule schedule{comm, descriptors(comm, blocks), dealing, ranks_of_a_server};
    EXPECT_EQ(schedule.blocks_of_all(), blocks);
    std::vector<Index> mine;
    const auto failure = agreed(
        comm,
        [&] {
            while (const auto descriptor = schedule.next([] {})) {
                EXPECT_EQ(descriptor->where, Bytes(static_cast<std::size_t>(descriptor->block.id),
                                                   static_cast<std::byte>(descriptor->block.id)));
                mine.push_back(descriptor->block.id);
                work(descriptor->block.id);
            }
        },
        [&] { schedule.serve(); });
    schedule.finish();
    if (failure) throw *failure;
    std::vector<Index> all;
    for (const auto& of_rank : comm.gather(mine)) all.insert(all.end(), of_rank.begin(), of_rank.end());
    std::sort(all.begin(), all.end());
    return all;
}

std::vector<Index> up_to(Index end)
{
    std::vector<Index> ids;
    for (Index id = 0; id < end; ++id) ids.push_back(id);
    return ids;
}

} // namespace

TEST(Schedule, EveryBlockOnce)
{
    const auto comm = Communicator::world();
    for (const Dealing dealing : {Dealing::beforehand, Dealing::on_demand})
        for (const Index blocks : {0, 1, 3, 50, 200}) {
            const auto all = dealt(comm, blocks, dealing, [](Index) {});
            if (comm.is_root()) {
                EXPECT_EQ(all, up_to(blocks));
            }
        }
}

TEST(Schedule, RootMayOnlyServe)
{
    const auto comm = Communicator::world();
    if (comm.size() == 1) return;
    for (const Index blocks : {0, 1, 3, 200}) {
        Index of_this = 0;
        const auto all = dealt(
            comm, blocks, Dealing::on_demand, [&](Index) { ++of_this; }, 2);
        if (comm.is_root()) {
            EXPECT_EQ(all, up_to(blocks));
            EXPECT_EQ(of_this, 0);
        }
    }
}

TEST(Schedule, WhoIsSlowGetsFewOnDemand)
{
    const auto comm = Communicator::world();
    const int slow = comm.size() - 1;
    Index of_slow = 0;
    const auto all = dealt(comm, 200, Dealing::on_demand, [&](Index) {
        if (comm.rank() != slow || comm.size() == 1) return;
        ++of_slow;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    });
    if (comm.is_root()) {
        EXPECT_EQ(all, up_to(200));
    }
    // Of 200 blocks it would have 28 to 100 by cost; the others need no time for theirs.
    EXPECT_LE(of_slow, 20);
}

TEST(Schedule, AFailureReleasesWhoWaitsForABlock)
{
    const auto comm = Communicator::world();
    for (const int ranks_of_a_server : {2, 64}) {
        const bool root_computes = comm.size() < ranks_of_a_server;
        const int failing = root_computes ? 0 : comm.size() - 1;
        EXPECT_THROW(dealt(
                         comm, 100, Dealing::on_demand,
                         [&](Index) {
                             if (comm.rank() == failing) throw Error(Exit::bad_data, "this one fails");
                         },
                         ranks_of_a_server),
                     AgreedError);
        // Nothing of it is left for the next.
        const auto all = dealt(comm, 20, Dealing::on_demand, [](Index) {});
        if (comm.is_root()) {
            EXPECT_EQ(all, up_to(20));
        }
    }
}
