// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "sources/hts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace swather {

using Random = std::mt19937_64;

inline Index uniform(Random& random, Index first, Index last)
{
    return std::uniform_int_distribution<Index>(first, last)(random);
}

/// From 1 to `largest`, each order of magnitude as often as another.
inline Index any_size(Random& random, Index largest)
{
    const double exponent =
        std::uniform_real_distribution(0.0, std::log2(static_cast<double>(largest)))(random);
    return std::clamp<Index>(static_cast<Index>(std::exp2(exponent)), 1, largest);
}

/// What a BAM holds.
struct BamSample {
    std::string name;
    std::vector<Index> contigs; ///< their lengths
    Index reads = 0;            ///< of all contigs together, on those that have 200 positions at least
    Index longest_skip = 1;     ///< of an intron in every third read
    int unmapped = 0;           ///< one of so many placed reads is unmapped
    Index unplaced = 0;
};

/// A read that lies on a contig, or at -1 and -1 nowhere.
struct PlacedRead {
    int contig;
    Index position;
    std::uint16_t flag;
    std::vector<std::uint32_t> cigar;
};

/// The placed reads of a BAM, at random places, in the order of the file.
inline std::vector<PlacedRead> reads_of(const BamSample& sample, Random& random)
{
    std::vector<PlacedRead> reads;
    for (Index i = 0; i < sample.reads; ++i) {
        const Index contig = uniform(random, 0, std::ssize(sample.contigs) - 1);
        const Index length = sample.contigs[static_cast<std::size_t>(contig)];
        if (length < 200) continue;
        const Index start = i % 5 == 0 ? length / 3 : 0; // a fifth of them near one place
        const Index position = start + uniform(random, 0, i % 5 == 0 ? 100 : length - 100);
        const Index skip =
            any_size(random, std::clamp<Index>(length - position - 100, 1, sample.longest_skip));
        PlacedRead read{static_cast<int>(contig), std::min(position, length - 100), 0, {}};
        read.cigar = {bam_cigar_gen(50U, BAM_CMATCH)};
        if (i % 3 == 0)
            read.cigar.insert(read.cigar.end(),
                              {bam_cigar_gen(static_cast<std::uint32_t>(skip), BAM_CREF_SKIP),
                               bam_cigar_gen(50U, BAM_CMATCH)});
        if (sample.unmapped > 0 && i % sample.unmapped == 0) read.flag = BAM_FUNMAP;
        reads.push_back(std::move(read));
    }
    std::ranges::sort(reads, {},
                      [](const PlacedRead& read) { return std::pair(read.contig, read.position); });
    return reads;
}

/// Makes BAMs and indexes in a folder of its own.
class BamIndexTest : public testing::Test {
protected:
    BamIndexTest()
    {
        std::string pattern = testing::TempDir() + "swather_XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~BamIndexTest() override { std::filesystem::remove_all(folder_); }

    /// Writes a BAM; its blocks are stored, not packed, so that there are many.
    std::string bam_of(const BamSample& sample)
    {
        const std::string path = folder_ / (sample.name + ".bam");
        const HtsFile file(hts_open(path.c_str(), "wb0"));
        std::string text = "@HD\tVN:1.6\tSO:coordinate\n";
        for (std::size_t i = 0; i < sample.contigs.size(); ++i)
            text += fmt::format("@SQ\tSN:contig_{}\tLN:{}\n", i, std::max<Index>(sample.contigs[i], 1));
        const HtsHeader header(sam_hdr_parse(text.size(), text.c_str()));
        EXPECT_EQ(sam_hdr_write(file.get(), header.get()), 0);
        const HtsRecord record(bam_init1());
        const auto write = [&](const PlacedRead& read) {
            constexpr std::size_t bases = 100;
            const std::string sequence(bases, 'A');
            EXPECT_GE(bam_set1(record.get(), 4, "read", read.flag, read.contig, read.position, 60,
                               read.cigar.size(), read.cigar.data(), -1, -1, 0,
                               read.cigar.size() == 1 ? bases / 2 : bases, sequence.c_str(), nullptr, 0),
                      0);
            EXPECT_GE(sam_write1(file.get(), header.get(), record.get()), 0);
        };
        for (const PlacedRead& read : reads_of(sample, random_)) write(read);
        for (Index i = 0; i < sample.unplaced; ++i)
            write({-1, -1, BAM_FUNMAP, {bam_cigar_gen(50U, BAM_CSOFT_CLIP)}});
        return path;
    }

    /// Indexes a BAM: a .csi of windows of 1 << `window_shift` positions, or for 0 a .bai.
    static std::string index_of(const std::string& bam, int window_shift)
    {
        std::string path = bam + (window_shift > 0 ? fmt::format(".{}.csi", window_shift) : ".bai");
        EXPECT_EQ(sam_index_build3(bam.c_str(), path.c_str(), window_shift, 0), 0) << path;
        return path;
    }

    /// Writes a file; returns its path.
    std::string file_of(const std::string& name, std::string_view bytes) const
    {
        const auto path = folder_ / name;
        std::filesystem::remove(path); // ext4 puts a file that replaces its content on the disk at once
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }

    std::filesystem::path folder_;
    Random random_{1};
};

/// A .bai in parts, to write it as other programs do.
struct Bai {
    struct Bin {
        std::uint32_t number;
        std::vector<std::uint64_t> offsets; ///< begin and end of each chunk
    };
    struct Contig {
        std::vector<Bin> bins;
        std::vector<std::uint64_t> windows;
    };
    std::vector<Contig> contigs;
    std::vector<std::uint64_t> unplaced; ///< their number, which may be left out

    static constexpr std::uint32_t pseudo_bin = 37'450;

    static Bai read(const std::string& path)
    {
        std::ifstream file(path, std::ios::binary);
        const auto number = [&] { // little-endian, as all machines that swather knows
            std::uint32_t value = 0;
            file.read(reinterpret_cast<char*>(&value), sizeof value);
            return value;
        };
        const auto numbers = [&](std::uint32_t count) {
            std::vector<std::uint64_t> values(count);
            file.read(reinterpret_cast<char*>(values.data()),
                      static_cast<std::streamsize>(8 * values.size()));
            return values;
        };
        number(); // "BAI\1"
        Bai bai;
        bai.contigs.resize(number());
        for (Contig& contig : bai.contigs) {
            contig.bins.resize(number());
            for (Bin& bin : contig.bins) {
                bin.number = number();
                bin.offsets = numbers(2 * number());
            }
            contig.windows = numbers(number());
        }
        bai.unplaced = numbers(1);
        return bai;
    }

    [[nodiscard]] std::string bytes() const
    {
        std::string bytes = "BAI\1";
        const auto number = [&](std::size_t value) {
            const auto narrow = static_cast<std::uint32_t>(value);
            bytes.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
        };
        const auto numbers = [&](const std::vector<std::uint64_t>& values) {
            bytes.append(reinterpret_cast<const char*>(values.data()), 8 * values.size());
        };
        number(contigs.size());
        for (const Contig& contig : contigs) {
            number(contig.bins.size());
            for (const Bin& bin : contig.bins) {
                number(bin.number);
                number(bin.offsets.size() / 2);
                numbers(bin.offsets);
            }
            number(contig.windows.size());
            numbers(contig.windows);
        }
        numbers(unplaced);
        return bytes;
    }
};

} // namespace swather
