// SPDX-License-Identifier: MIT
#include "base/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace swather;

namespace {

using Names = std::vector<std::string>;

} // namespace

TEST(Nearest, OtherCaseIsNearest)
{
    EXPECT_EQ(nearest("sampleID", Names{"patient", "simpleID", "SampleID", "sample"}), "SampleID");
    EXPECT_EQ(nearest("SAMPLE", Names{"sample"}), "sample");
}

TEST(Nearest, OneSlipOfEachKind)
{
    EXPECT_EQ(nearest("sampl", Names{"count", "sample"}), "sample");      // one letter is missing
    EXPECT_EQ(nearest("samplee", Names{"count", "sample"}), "sample");    // one is too many
    EXPECT_EQ(nearest("sanple", Names{"count", "sample"}), "sample");     // one is another
    EXPECT_EQ(nearest("smaple", Names{"count", "sample"}), "sample");     // two have changed places
    EXPECT_EQ(nearest("colour", Names{"colors", "color", "a"}), "color"); // 2, 1 and 6 away
}

TEST(Nearest, NothingIsNear)
{
    EXPECT_EQ(nearest("sampleID", Names{"count", "end", "chromosome"}), "");
    EXPECT_EQ(nearest("xy", Names{"id"}), ""); // both letters are others
    EXPECT_EQ(nearest("sample", Names{}), "");
    EXPECT_EQ(nearest("", Names{"sample"}), "");
    EXPECT_EQ(nearest("sample", Names{""}), "");
}
