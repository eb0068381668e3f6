// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/base_letters.hpp"
#include "sources/fasta_index.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(FastaIndex, ReadsWhatSamtoolsWrites)
{
    // Of ">a\nACGT\nAC\n>b c\nA\n".
    const FastaIndex index = parse_fasta_index("a\t6\t3\t4\t5\nb\t1\t16\t1\t2\n", "x.fai");
    ASSERT_EQ(index.contigs.size(), 2u);
    EXPECT_EQ(index.contigs[0].name, "a");
    EXPECT_EQ(index.contigs[0].lines.byte_of(0), 3);
    EXPECT_EQ(index.contigs[0].lines.byte_of(3), 6);
    EXPECT_EQ(index.contigs[0].lines.byte_of(4), 8);
    EXPECT_EQ(index.contigs[0].lines.end(), 10);
    EXPECT_EQ(index.contigs[1].lines.end(), 17);
    EXPECT_TRUE(parse_fasta_index("", "x.fai").contigs.empty());
    EXPECT_EQ(parse_fasta_index("empty\t0\t7\t0\t0", "x.fai").contigs.front().lines.end(), 7);
}

TEST(FastaIndex, RefusesTheRest)
{
    for (const char* text : {"a\t6\t3\t4", "a\t6\t3\t4\t5\t6", "a\t6\t3\t4\t5\t6\t7", "\n", "a\t6\t1\t4\t5",
                             "a\tx\t3\t4\t5", "a\t6\t3\t4\t3", "a\t6\t3\t0\t1", "a\t6\t3\t-4\t5",
                             "a\t6\t3\t4\t5\nb\t1\t11\t1\t2", "a\t6\t3\t4\t5\na\t1\t16\t1\t2",
                             "a\t9223372036854775807\t3\t1\t2", "a\t99999999999999999999\t3\t4\t5"}) {
        try {
            parse_fasta_index(text, "x.fai");
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Exit::bad_data);
            EXPECT_NE(std::string(error.what()).find("x.fai"), std::string::npos) << error.what();
        }
    }
}

TEST(BaseLetters, EachByteOnEachPlace)
{
    const std::string_view letters = "ACGTUNRYSWKMBDHVXacgtunryswkmbdhvx-";
    for (int byte = 0; byte < 256; ++byte) {
        const char letter = static_cast<char>(byte);
        const bool is_base = letters.find(letter) != letters.npos;
        for (const std::size_t size : {1, 15, 16, 64, 100, 129})
            for (const std::size_t place : {std::size_t{0}, size / 2, size - 1}) {
                std::string text(size, 'G');
                text[place] = letter;
                EXPECT_EQ(first_foreign_letter(text), is_base ? size : place) << byte;
            }
    }
    EXPECT_EQ(first_foreign_letter(""), 0u);
}
