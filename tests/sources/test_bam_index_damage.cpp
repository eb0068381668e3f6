// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/bam_index.hpp"
#include "sources/htslib.hpp"
#include "support/bam_samples.hpp"

#include <iterator>
#include <limits>

using namespace swather;

namespace {

/// Whether an index can be read; where it can, it must answer whatever it is asked.
bool answers(const std::string& path)
{
    try {
        const BamIndex index(path, "the.bam");
        (void)index.placed();
        std::vector<BgzfRange> ranges;
        for (Index contig = 0; contig < std::min<Index>(index.contigs(), 20); ++contig)
            for (const Index start : {0, 16'383, 50'000, 400'000'000, 2'000'000'000})
                for (const Index size : {1, 20'000, 100'000'000})
                    index.append_ranges(contig, start, start + size, ranges);
        return true;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::bad_data);
        EXPECT_EQ(error.finding(), "the index '" + path + "' is damaged");
        EXPECT_NE(error.remedy().find("samtools index 'the.bam'"), std::string::npos);
        return false;
    }
}

std::string inflated(const std::string& path)
{
    const HtsBgzf file(bgzf_open(path.c_str(), "r"));
    std::string bytes(1 << 20, '\0');
    bytes.resize(static_cast<std::size_t>(bgzf_read(file.get(), bytes.data(), bytes.size())));
    return bytes;
}

std::string contents(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The most address space that this process has had, in KiB: allocations count that were never filled, too.
std::int64_t peak_address_space()
{
    std::ifstream status("/proc/self/status");
    for (std::string name; status >> name; status.ignore(std::numeric_limits<std::streamsize>::max(), '\n'))
        if (std::int64_t kib = 0; name == "VmPeak:" && status >> kib) return kib;
    return 0;
}

const BamSample small{.name = "small",
                      .contigs = {200'000, 0, 3'000},
                      .reads = 500,
                      .longest_skip = 100'000,
                      .unmapped = 10,
                      .unplaced = 2};

} // namespace

TEST_F(BamIndexTest, ATruncatedIndexIsDamaged)
{
    const std::string bam = bam_of(small);
    const std::int64_t before = peak_address_space();
    for (const std::string& bytes : {contents(index_of(bam, 0)), inflated(index_of(bam, 14))}) {
        const std::size_t needed = bytes.size() - 8; // the number of unplaced reads may be left out
        for (std::size_t size = 0; size <= bytes.size(); ++size)
            EXPECT_EQ(answers(file_of("cut", bytes.substr(0, size))), size >= needed) << size;
    }
    const std::string packed = contents(index_of(bam, 14));
    for (std::size_t size = 0; size <= packed.size(); ++size)
        (void)answers(file_of("cut", packed.substr(0, size)));
    EXPECT_FALSE(answers(file_of("cut", packed.substr(0, packed.size() / 2))));
    EXPECT_LT(peak_address_space() - before, 64 << 10);
}

TEST_F(BamIndexTest, AnIndexWithFlippedBitsIsDamagedOrAnswers)
{
    const std::string bam = bam_of(small);
    const std::int64_t before = peak_address_space();
    int damaged = 0;
    for (const std::string& bytes :
         {contents(index_of(bam, 0)), inflated(index_of(bam, 14)), contents(index_of(bam, 14))})
        for (int i = 0; i < 1'000; ++i) {
            std::string flipped = bytes;
            for (Index flips = any_size(random_, 8); flips > 0; --flips) {
                const auto place = static_cast<std::size_t>(uniform(random_, 0, std::ssize(bytes) - 1));
                flipped[place] = static_cast<char>(flipped[place] ^ (1 << uniform(random_, 0, 7)));
            }
            damaged += answers(file_of("flipped", flipped)) ? 0 : 1;
        }
    EXPECT_GT(damaged, 1'000);
    EXPECT_LT(peak_address_space() - before, 64 << 10);
}

TEST_F(BamIndexTest, WhatABaiMustNotHoldIsDamaged)
{
    const Bai good = Bai::read(index_of(bam_of(small), 0));
    const auto is_read = [&](auto change) {
        Bai changed = good;
        change(changed.contigs[0].bins);
        return answers(file_of("changed.bai", changed.bytes()));
    };
    using Bins = std::vector<Bai::Bin>;
    EXPECT_TRUE(is_read([](Bins&) {}));
    EXPECT_TRUE(is_read([](Bins& bins) { bins.push_back({37'448, {1, 1}}); }));
    EXPECT_FALSE(is_read([](Bins& bins) { bins.push_back({37'449, {1, 2}}); })) << "no such bin";
    EXPECT_FALSE(is_read([](Bins& bins) { bins.push_back({37'451, {1, 2}}); })) << "no such bin";
    EXPECT_FALSE(is_read([](Bins& bins) { bins.push_back({37'448, {2, 1}}); })) << "ends before it begins";
    EXPECT_FALSE(is_read([](Bins& bins) { bins.push_back(bins.front()); })) << "a bin twice";
    EXPECT_FALSE(is_read([](Bins& bins) {
        bins.push_back({Bai::pseudo_bin, {1, 2}});
    })) << "half a pseudo-bin";
}

TEST_F(BamIndexTest, TheTreeOfACsiHasItsLimits)
{
    const auto is_read = [&](std::int32_t window_shift, std::int32_t depth, std::int32_t contigs) {
        std::string bytes = "CSI\1";
        for (const std::int32_t number : {window_shift, depth, 0, contigs})
            bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
        return answers(file_of("tree.csi", bytes));
    };
    EXPECT_TRUE(is_read(14, 5, 0));
    EXPECT_TRUE(is_read(0, 0, 0));
    EXPECT_TRUE(is_read(35, 9, 0));
    EXPECT_FALSE(is_read(36, 9, 0)) << "positions of 64 bits";
    EXPECT_FALSE(is_read(14, 10, 0)) << "bins whose numbers have more than 31 bits";
    EXPECT_FALSE(is_read(-1, 5, 0));
    EXPECT_FALSE(is_read(14, -1, 0));
    EXPECT_FALSE(is_read(2'147'483'647, 5, 0));
    EXPECT_FALSE(is_read(14, 5, -1));
    EXPECT_FALSE(is_read(14, 5, 1)) << "a contig that is not there";
}
