// SPDX-License-Identifier: MIT
// The main of tests that run on several ranks: all ranks run all tests, rank 0 tells how they went.
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"

#include <gtest/gtest.h>

int main(int argc, char** argv)
{
    const swather::Environment environment(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    const auto comm = swather::Communicator::world();
    // Other ranks stay silent but for what fails on them.
    if (!comm.is_root()) testing::GTEST_FLAG(brief) = true;
    const int failed = RUN_ALL_TESTS();
    return comm.sum(failed) == 0 ? 0 : 1;
}
