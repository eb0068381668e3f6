// SPDX-License-Identifier: MIT
#include "mpi/agree.hpp"
#include "run/broken_parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

using namespace swather;

namespace {

/// Four parts of ten blocks each, of which these fail.
const std::set<Index> failing{3, 7, 24, 29, 30, 31};

std::string name_of(Index part) { return "part " + std::to_string(part); }

/// The ids of the blocks that this rank has worked on, in its own order, backwards or not.
std::vector<Index> work(const Communicator& comm, BrokenParts& broken, bool is_backwards)
{
    std::vector<Index> mine;
    for (Index id = comm.rank(); id < 40; id += comm.size()) mine.push_back(id);
    if (is_backwards) std::reverse(mine.begin(), mine.end());
    std::vector<Index> done;
    for (const Index id : mine) {
        broken.guard({.id = id, .core = {}, .reach = {}, .part = id / 10}, [&] {
            if (failing.contains(id))
                throw Error(Exit::bad_data, "block {}", id).remedy("of {}", id).ordered(id);
            done.push_back(id);
        });
        broken.listen();
    }
    return done;
}

} // namespace

TEST(BrokenParts, AreThoseOfTheirFirstBlockWhoeverFindsThem)
{
    const Communicator comm = Communicator::world();
    const Error before(Exit::cannot_read, "no such file");
    for (const bool is_backwards : {false, true}) {
        BrokenParts broken(comm, true, name_of, {{3, before}}); // the last was so before it had blocks
        const std::vector<Index> done = work(comm, broken, is_backwards);
        broken.settle();
        EXPECT_EQ(broken.size(), 3);
        for (const Index part : {0, 2, 3}) EXPECT_TRUE(broken.contains(part)) << part;
        EXPECT_FALSE(broken.contains(1));
        for (Index id = comm.rank(); id < 24;
             id += comm.size()) // before the first that fails nothing is left out
            if (id < 3 || id >= 10) {
                EXPECT_NE(std::find(done.begin(), done.end(), id), done.end()) << id;
            }
        if (!comm.is_root()) continue;
        ASSERT_EQ(broken.errors().size(), 3u);
        EXPECT_STREQ(broken.errors().at(0).what(), "block 3\n  of 3");
        EXPECT_EQ(broken.errors().at(0).order(), 3);
        EXPECT_STREQ(broken.errors().at(2).what(), "block 24\n  of 24");
        EXPECT_STREQ(broken.errors().at(3).what(), "no such file");
        EXPECT_EQ(broken.errors().at(3).code(), Exit::cannot_read);
    }
}

TEST(BrokenParts, EndTheRunWhereItDoesNotGoOn)
{
    const Communicator comm = Communicator::world();
    BrokenParts broken(comm, false);
    const Block block{.id = 5, .core = {}, .reach = {}};
    EXPECT_THROW(broken.guard(block, [] { throw Error(Exit::bad_data, "x"); }), Error);
    broken.settle();
    EXPECT_EQ(broken.size(), 0);
}

TEST(BrokenParts, AreNotThoseOfAnotherFault)
{
    const Communicator comm = Communicator::world();
    BrokenParts broken(comm, true, name_of);
    const Block block{.id = 5, .core = {}, .reach = {}};
    for (const Exit code : {Exit::usage, Exit::io, Exit::internal, Exit::cannot_create, Exit::stopped})
        EXPECT_THROW(broken.guard(block, [&] { throw Error(code, "x"); }), Error);
    broken.settle();
    EXPECT_EQ(broken.size(), 0);
}
