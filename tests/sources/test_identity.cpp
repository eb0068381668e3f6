// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/identity.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace swather;

namespace {

std::string file_of(const std::string& text)
{
    const auto path = std::filesystem::path(testing::TempDir()) / "swather_identity";
    std::ofstream(path) << text;
    return path;
}

} // namespace

TEST(Identity, SeesAChangeAtEitherEnd)
{
    std::string text(1 << 20, 'x');
    const auto before = identify(file_of(text), false).hash;
    EXPECT_EQ(identify(file_of(text), false).hash, before);
    for (const std::size_t place : {std::size_t{0}, text.size() - 1}) {
        std::string changed = text;
        changed[place] = 'y';
        EXPECT_NE(identify(file_of(changed), false).hash, before);
    }
}

TEST(Identity, SeesAChangeInTheMiddleWhenAskedForTheWhole)
{
    std::string text(1 << 20, 'x');
    const auto before = identify(file_of(text), true).hash;
    text[text.size() / 2] = 'y';
    EXPECT_NE(identify(file_of(text), true).hash, before);
}

TEST(Identity, AMissingFileCannotBeRead)
{
    try {
        identify("/nowhere/at/all", false);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::cannot_read);
    }
}
