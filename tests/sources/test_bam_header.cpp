// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/bam_header.hpp"
#include "support/bam_samples.hpp"

using namespace swather;

namespace {

/// An open file that holds these bytes: htslib reads those that are not packed, too.
HtsBgzf file_of(std::string_view bytes)
{
    const std::string path = testing::TempDir() + "swather_header";
    std::ofstream(path, std::ios::binary) << bytes;
    HtsBgzf file(bgzf_open(path.c_str(), "r"));
    std::filesystem::remove(path);
    return file;
}

std::string bytes_of(std::uint32_t number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }

/// The header of a BAM whose contigs are c0, c1 … of 100, 101 … positions.
std::string header_of(const std::string& text, std::uint32_t contigs)
{
    std::string bytes =
        "BAM\1" + bytes_of(static_cast<std::uint32_t>(text.size())) + text + bytes_of(contigs);
    for (std::uint32_t i = 0; i < contigs; ++i)
        bytes += bytes_of(3) + fmt::format("c{}", i) + '\0' + bytes_of(100 + i);
    return bytes;
}

bool is_read(const std::string& bytes)
{
    const HtsBgzf file = file_of(bytes);
    try {
        const BamHeader header(file.get(), "the.bam");
        return true;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::bad_data);
        EXPECT_EQ(error.finding(), "the header of 'the.bam' is damaged");
        return false;
    }
}

} // namespace

TEST(BamHeader, SaysWhatHtslibSays)
{
    const std::string longer_than_a_part = "@CO\t" + std::string(9'000, 'x') + '\n';
    const std::string text = "@HD\tVN:1.6\tSO:coordinate\n"
                             "@SQ\tSN:c0\tLN:100\tAN:first,chr0,c1\n"
                             "@CO\tSN:c1\tAN:comment\n" +
                             longer_than_a_part +
                             "@SQ\tLN:101\tAN:second\tSN:c1\n"
                             "@SQ\tSN:c2\tLN:102\tUR:AN:none\n";
    const std::string bytes = header_of(text, 3) + "first record";
    const HtsBgzf reference_file = file_of(bytes);
    const HtsHeader reference(bam_hdr_read(reference_file.get()));
    const HtsBgzf file = file_of(bytes);
    const BamHeader header(file.get(), "");
    EXPECT_EQ(bgzf_tell(file.get()), bgzf_tell(reference_file.get()));
    ASSERT_EQ(header.contigs(), sam_hdr_nref(reference.get()));
    for (int contig = 0; contig < 3; ++contig) {
        EXPECT_EQ(header.name(contig), sam_hdr_tid2name(reference.get(), contig));
        EXPECT_EQ(header.length(contig), sam_hdr_tid2len(reference.get(), contig));
    }
    for (const char* name :
         {"c0", "c1", "c2", "first", "chr0", "second", "chr", "first,chr0", "comment", "none", ""})
        EXPECT_EQ(header.find(name).value_or(-1), sam_hdr_name2tid(reference.get(), name)) << name;
}

TEST(BamHeader, FindsNoContigThatItDoesNotHave)
{
    // The text and the list of contigs may differ, an alternative name may be that of its own contig.
    const HtsBgzf file = file_of(header_of("@SQ\tSN:x\tLN:1\tAN:x,y\n@SQ\tAN:z\n", 1));
    const BamHeader header(file.get(), "");
    for (const char* name : {"x", "y", "z"}) EXPECT_EQ(header.find(name), std::nullopt) << name;
}

TEST(BamHeader, ContigsHaveAHashOfAllThatTellsThem)
{
    const std::string m5 = "\tM5:00000000000000000000000000000000";
    const auto hash_of_contigs = [](const std::string& bytes) {
        const HtsBgzf file = file_of(bytes);
        return BamHeader(file.get(), "", true).hash_of_contigs();
    };
    const std::string hd = "@HD\tVN:1.6\tSO:coordinate\n";
    const std::string first = hd + "@SQ\tSN:c0\tLN:100" + m5 + "\n@SQ\tSN:c1\tLN:101\n";
    const std::string bytes = header_of(first, 2);
    EXPECT_EQ(hash_of_contigs(bytes), hash_of_contigs(header_of(first + "@RG\tID:x\tSM:other\n", 2)));

    std::string other_name = bytes;
    other_name[other_name.rfind("c1") + 1] = '2';
    std::string other_length = bytes;
    other_length[other_length.size() - 4] = 102; // the least byte of the last length
    const std::string other_digest = header_of(std::string(first).replace(first.find("M5:") + 3, 1, "1"), 2);
    const std::string with_alternative = header_of(first + "@SQ\tSN:c1\tLN:101\tAN:one\n", 2);
    for (const std::string& other :
         {other_name, other_length, other_digest, with_alternative, header_of(first, 1)})
        EXPECT_NE(hash_of_contigs(other), hash_of_contigs(bytes));
}

TEST(BamHeader, KnowsWhetherReadsAreSortedByName)
{
    const auto sorted_by_name = [](const std::string& text) {
        const HtsBgzf file = file_of(header_of(text, 0));
        return BamHeader(file.get(), "").sorted_by_name();
    };
    EXPECT_TRUE(sorted_by_name("@HD\tVN:1.6\tSO:queryname\n"));
    EXPECT_TRUE(sorted_by_name("@HD\tSO:queryname\tVN:1.6"));
    EXPECT_FALSE(sorted_by_name("@HD\tVN:1.6\tSO:coordinate\n"));
    EXPECT_FALSE(sorted_by_name("@HD\tVN:1.6\n@CO\tSO:queryname\n"));
    EXPECT_FALSE(sorted_by_name(""));
}

TEST(BamHeader, NamesEachSampleOnce)
{
    const auto samples_of = [](const std::string& text) {
        const HtsBgzf file = file_of(header_of(text, 1));
        return BamHeader(file.get(), "").samples();
    };
    EXPECT_EQ(
        samples_of("@HD\tVN:1.6\n@RG\tID:1\tSM:b\n@SQ\tSN:c0\tLN:100\n@RG\tSM:a b\tID:2\n@RG\tID:3\tSM:b\n"),
        (std::vector<std::string>{"b", "a b"}));
    EXPECT_TRUE(samples_of("@RG\tID:1\tLB:SM:x\n@CO\tSM:x\n@RG\tID:SM\tSM:\n").empty());
}

TEST(BamHeader, IsDamagedWhereBytesAreMissing)
{
    const std::string good = header_of("@HD\tVN:1.6\n", 3);
    for (std::size_t size = 0; size <= good.size(); ++size)
        EXPECT_EQ(is_read(good.substr(0, size)), size == good.size()) << size;
    EXPECT_TRUE(is_read("BAM\1" + bytes_of(0) + bytes_of(0)));
    EXPECT_FALSE(is_read("BAM\2" + bytes_of(0) + bytes_of(0)));
    EXPECT_FALSE(is_read("BAM\1" + bytes_of(0xffff'ffff) + bytes_of(0)));
    EXPECT_FALSE(is_read("BAM\1" + bytes_of(0) + bytes_of(0xffff'ffff)));
    EXPECT_FALSE(is_read("BAM\1" + bytes_of(0) + bytes_of(0x7fff'ffff) + bytes_of(2)));
    EXPECT_TRUE(is_read("BAM\1" + bytes_of(0) + bytes_of(1) + bytes_of(1) + "x" + bytes_of(1))) << "no NUL";
    EXPECT_FALSE(is_read("BAM\1" + bytes_of(0) + bytes_of(1) + bytes_of(0) + bytes_of(1))) << "no name";
}
