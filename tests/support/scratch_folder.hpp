// SPDX-License-Identifier: MIT
#pragma once

#include "base/log.hpp"
#include "mpi/communicator.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

/// A folder of its own for a test on all ranks, and gone with it.
class ScratchFolder {
public:
    ScratchFolder()
    {
        swather::start_log("error", comm.is_root());
        if (comm.is_root()) {
            std::string pattern = testing::TempDir() + "swather_XXXXXX";
            folder = mkdtemp(pattern.data());
        }
        swather::Bytes name;
        swather::put(name, std::string_view(folder));
        folder = swather::BytesReader(comm.broadcast(name)).get_string();
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    ~ScratchFolder()
    {
        meet(); // nobody is still writing
        if (comm.is_root()) std::filesystem::remove_all(folder);
    }

    /// Collective. All ranks are here.
    void meet() const { EXPECT_EQ(comm.sum(0), 0); }

    swather::Communicator comm = swather::Communicator::world();
    std::string folder;
};
