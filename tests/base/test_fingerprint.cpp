// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "base/fingerprint.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(Fingerprint, SurvivesJson)
{
    Fingerprint here;
    here.add("command", "coverage");
    here.add("input /a \"b\"\n.bam", "Ä");
    EXPECT_TRUE(here.differences(Fingerprint::from_json(here.to_json())).empty());
}

TEST(Fingerprint, NamesWhatDiffers)
{
    Fingerprint here;
    here.add("--min-mapq", "20");
    here.add("--block-size", "100");
    Fingerprint there;
    there.add("--min-mapq", "10");
    there.add("--block-size", "100");
    there.add("input /x.bam size", "7");
    EXPECT_EQ(here.differences(there),
              (std::vector<std::string>{"--min-mapq: '10' there, '20' here",
                                        "input /x.bam size: '7' there, nothing here"}));
}

TEST(Fingerprint, RefusesWhatIsNone)
{
    for (const char* text : {"", "[]", "{\"a\": 1}", "{\"a\": \"b\""})
        EXPECT_THROW(Fingerprint::from_json(text), Error) << text;
}
