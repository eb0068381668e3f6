// SPDX-License-Identifier: MIT
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

using namespace swather;

TEST(Error, TellsFindingPlaceAndRemedyInThisOrder)
{
    Error error(Exit::bad_data, "'{}' is damaged", "x.bam");
    error.remedy("copy it again").within("block {}", 7);
    EXPECT_STREQ(error.what(), "'x.bam' is damaged\n  in block 7\n  copy it again");
    EXPECT_EQ(error.code(), Exit::bad_data);
    EXPECT_EQ(error.order(), Error::no_order);
    EXPECT_EQ(error.ordered(7).order(), 7);
}

TEST(Error, AFullDiskIsAlwaysAnIoError)
{
    EXPECT_EQ(system_error(Exit::cannot_create, ENOSPC, "create", "/x").code(), Exit::io);
    EXPECT_EQ(system_error(Exit::cannot_create, EDQUOT, "create", "/x").code(), Exit::io);
    EXPECT_EQ(system_error(Exit::cannot_create, EACCES, "create", "/x").code(), Exit::cannot_create);
    const std::string text = system_error(Exit::io, ENOSPC, "write", "/disk/out.h5").what();
    EXPECT_NE(text.find("No space left on device"), std::string::npos);
    EXPECT_NE(text.find("/disk/out.h5"), std::string::npos);
}
