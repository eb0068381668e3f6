// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "run/block_timings.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace swather;

namespace {

class BlockTimingsFile : public testing::Test {
protected:
    ~BlockTimingsFile() override { std::filesystem::remove(path_); }

    void write(const std::string& text) const { std::ofstream(path_) << text; }
    [[nodiscard]] Exit refusal() const
    {
        try {
            read_block_timings(path_);
        } catch (const Error& error) {
            EXPECT_NE(error.finding().find(path_), std::string::npos) << error.what();
            return error.code();
        }
        return Exit::done;
    }

    std::string path_ = testing::TempDir() + "blocks-" + std::to_string(::getpid()) + ".csv";
    std::string header_ = "block,rank,cells,bytes,stored,read,compute,journal,cpu\n";
};

} // namespace

TEST_F(BlockTimingsFile, IsReadAsItWasWritten)
{
    write_block_timings(path_, {{.block = 3,
                                 .rank = 1,
                                 .cells = 262'144,
                                 .bytes = 8'388'608,
                                 .stored = 93'000,
                                 .read = 0.125,
                                 .compute = 0.25,
                                 .journal = 0.5,
                                 .cpu = 0.75},
                                {.block = 4, .cells = 1}});
    const auto blocks = read_block_timings(path_);
    ASSERT_EQ(blocks.size(), 2U);
    const BlockTiming& first = blocks.front();
    EXPECT_EQ(first.block, 3);
    EXPECT_EQ(first.rank, 1);
    EXPECT_EQ(first.cells, 262'144);
    EXPECT_EQ(first.bytes, 8'388'608);
    EXPECT_EQ(first.stored, 93'000);
    EXPECT_EQ(first.read, 0.125);
    EXPECT_EQ(first.compute, 0.25);
    EXPECT_EQ(first.journal, 0.5);
    EXPECT_EQ(first.cpu, 0.75);
    EXPECT_EQ(blocks.back().block, 4);
    EXPECT_NO_THROW(check_block_timings_place(path_));
}

TEST_F(BlockTimingsFile, WhatIsNoneIsRefused)
{
    EXPECT_EQ(refusal(), Exit::cannot_read);
    for (const std::string& text : {std::string(), std::string("a,b\n1,2\n"), header_, header_ + "1,2,3\n",
                                    header_ + "1,0,3,4,5,6,7,8,9,10\n", header_ + "1,0,3,4,5,6,7,8,x\n",
                                    header_ + "1,0,3,4,5,6,7,8,-9\n"}) {
        write(text);
        EXPECT_EQ(refusal(), Exit::bad_data) << text;
    }
}

TEST_F(BlockTimingsFile, ReplacesNothingElse)
{
    write("precious\n");
    EXPECT_THROW(check_block_timings_place(path_), Error);
    write(header_);
    EXPECT_NO_THROW(check_block_timings_place(path_));
}
