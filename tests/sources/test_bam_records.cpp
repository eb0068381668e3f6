// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "support/bam_record_reference.hpp"
#include "support/bam_samples.hpp"

using namespace swather;

namespace {

/// Where the header of a BAM ends.
std::uint64_t first_record_of(BGZF* file)
{
    const HtsHeader header(bam_hdr_read(file));
    EXPECT_TRUE(header);
    return static_cast<std::uint64_t>(bgzf_tell(file));
}

/// What a file holds from a virtual offset on: records, or that it is damaged behind them.
struct Rest {
    Index records = 0;
    bool is_damaged = false;
    bool operator==(const Rest&) const = default;
};

/// Reads on, and holds each record and where it ends against htslib's.
Rest expect_same(const std::string& path, BamRecords& records, BGZF* reference_file)
{
    Rest rest;
    const HtsRecord reference(bam_init1());
    while (true) {
        const int size = bam_read1(reference_file, reference.get());
        try {
            BamRecord record;
            const bool is_there = records.next(record);
            EXPECT_GE(size, -1) << path << ": record " << rest.records << " is damaged, and was taken";
            EXPECT_EQ(is_there, size >= 0) << path;
            if (!is_there || size < 0) return rest;
            EXPECT_TRUE(is_same(record, *reference)) << path << ": record " << rest.records;
            EXPECT_EQ(records.tell(), static_cast<std::uint64_t>(bgzf_tell(reference_file))) << path;
            ++rest.records;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Exit::bad_data);
            EXPECT_LT(size, -1) << path << ": record " << rest.records << " is good, and was refused";
            rest.is_damaged = true;
            return rest;
        }
    }
}

/// The same of the whole file.
Rest expect_same(const std::string& path)
{
    const HtsBgzf reference(bgzf_open(path.c_str(), "r"));
    BamRecords records(path);
    records.seek(first_record_of(reference.get()));
    return expect_same(path, records, reference.get());
}

class BamRecordsTest : public BamIndexTest {
protected:
    BamRecordsTest() { hts_set_log_level(HTS_LOG_OFF); }
    ~BamRecordsTest() override { hts_set_log_level(HTS_LOG_WARNING); }

    /// Writes a BAM of one contig with these records.
    std::string bam_with(const std::vector<HtsRecord>& records) const
    {
        const std::string path = folder_ / "some.bam";
        const HtsFile file(hts_open(path.c_str(), "wb"));
        const HtsHeader header(sam_hdr_parse(23, "@SQ\tSN:c\tLN:2147483647\n"));
        EXPECT_EQ(sam_hdr_write(file.get(), header.get()), 0);
        for (const HtsRecord& record : records)
            EXPECT_GE(sam_write1(file.get(), header.get(), record.get()), 0);
        return path;
    }

    static HtsRecord record_of(const std::vector<std::uint32_t>& cigar, std::size_t bases)
    {
        HtsRecord record(bam_init1());
        const std::string sequence(bases, 'C');
        const std::string qualities(bases, '\x1e');
        EXPECT_GE(bam_set1(record.get(), 4, "read", 0, 0, 7, 60, cigar.size(), cigar.data(), -1, -1, 0, bases,
                           sequence.c_str(), qualities.c_str(), 64),
                  0);
        return record;
    }
};

} // namespace

TEST_F(BamRecordsTest, AreHtslibs)
{
    Index files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(SWATHER_TEST_DATA "/reads")) {
        if (entry.path().extension() != ".bam") continue;
        EXPECT_FALSE(expect_same(entry.path()).is_damaged) << entry.path();
        ++files;
    }
    EXPECT_GT(files, 20);
    const Rest rest = expect_same(bam_of(
        {.name = "many", .contigs = {100'000, 0, 5'000}, .reads = 5'000, .unmapped = 7, .unplaced = 9}));
    EXPECT_FALSE(rest.is_damaged);
    EXPECT_GT(rest.records, 3'000); // some reads fell on the contig of none
}

TEST_F(BamRecordsTest, AreFoundAtEachVirtualOffset)
{
    const std::string path = bam_of({.name = "offsets", .contigs = {100'000}, .reads = 1'000, .unplaced = 3});
    const HtsBgzf file(bgzf_open(path.c_str(), "r"));
    std::vector<std::uint64_t> offsets{first_record_of(file.get())};
    const HtsRecord record(bam_init1());
    while (bam_read1(file.get(), record.get()) >= 0)
        offsets.push_back(static_cast<std::uint64_t>(bgzf_tell(file.get())));
    BamRecords records(path);
    std::ranges::shuffle(offsets, random_);
    for (const std::uint64_t offset : offsets) {
        ASSERT_EQ(bgzf_seek(file.get(), static_cast<std::int64_t>(offset), SEEK_SET), 0);
        records.seek(offset);
        BamRecord found;
        const bool is_there = records.next(found);
        ASSERT_EQ(is_there, bam_read1(file.get(), record.get()) >= 0);
        if (is_there) {
            EXPECT_TRUE(is_same(found, *record));
        }
    }
}

TEST_F(BamRecordsTest, LiveUntilTheEndOfTheirBlock)
{
    const std::string path = bam_of({.name = "blocks", .contigs = {100'000}, .reads = 3'000});
    const HtsBgzf file(bgzf_open(path.c_str(), "r"));
    BamRecords records(path);
    records.seek(first_record_of(file.get()));
    Index batches = 0;
    for (bool is_end = false; !is_end; ++batches) {
        std::vector<BamRecord> batch;
        std::vector<HtsRecord> references;
        do {
            BamRecord record;
            is_end = !records.next(record);
            if (is_end) break;
            batch.push_back(record);
            references.emplace_back(bam_init1());
            ASSERT_GE(bam_read1(file.get(), references.back().get()), 0);
        } while (!records.at_block_end());
        for (std::size_t i = 0; i < batch.size(); ++i) ASSERT_TRUE(is_same(batch[i], *references[i]));
    }
    EXPECT_GT(batches, 5); // 3,000 reads of some 160 bytes are in eight blocks of 64 KiB
    EXPECT_LT(batches, 20);
}

TEST_F(BamRecordsTest, MayBeLongerThanManyBlocks)
{
    std::vector<HtsRecord> records;
    records.push_back(record_of({bam_cigar_gen(50U, BAM_CMATCH)}, 50));
    records.push_back(record_of({bam_cigar_gen(3'000'000U, BAM_CMATCH)}, 3'000'000));
    records.push_back(record_of({bam_cigar_gen(50U, BAM_CMATCH)}, 50));
    EXPECT_EQ(expect_same(bam_with(records)), (Rest{3, false}));
}

TEST_F(BamRecordsTest, MayHaveTheirCigarInATag)
{
    // 40,000 times 1M1D: more runs than the 65,535 that the record itself can have.
    std::vector<std::uint32_t> cigar;
    for (int i = 0; i < 40'000; ++i)
        cigar.insert(cigar.end(), {bam_cigar_gen(1U, BAM_CMATCH), bam_cigar_gen(1U, BAM_CDEL)});
    std::vector<HtsRecord> records;
    records.push_back(record_of(cigar, 40'000));
    const std::string path = bam_with(records);
    EXPECT_EQ(expect_same(path), (Rest{1, false}));

    const HtsBgzf file(bgzf_open(path.c_str(), "r"));
    BamRecords found(path);
    found.seek(first_record_of(file.get()));
    BamRecord record;
    ASSERT_TRUE(found.next(record));
    EXPECT_EQ(record.cigar.size(), 80'000);
    EXPECT_EQ(record.end, 7 + 80'000);
}

TEST_F(BamRecordsTest, AreRefusedWhereHtslibRefusesThem)
{
    // Stored, not packed: what is cut or flipped is a record's own byte. Of a flipped one, the sum is mended.
    const std::string path = bam_of({.name = "good", .contigs = {1'000}, .reads = 4, .unmapped = 3});
    std::string inflated;
    {
        const HtsBgzf file(bgzf_open(path.c_str(), "r"));
        char byte = 0;
        while (bgzf_read(file.get(), &byte, 1) == 1) inflated += byte;
    }
    Index damaged = 0;
    const auto check = [&](const std::string& name, const std::string& bytes) {
        const std::string file = file_of(name, bytes); // htslib reads a BAM that is not packed, too
        damaged += expect_same(file).is_damaged ? 1 : 0;
        std::filesystem::remove(file);
    };
    const std::size_t header = inflated.find("read") - 36;
    for (std::size_t size = header; size < inflated.size(); ++size)
        check("cut.bam", inflated.substr(0, size));
    // Of the sizes from the header's to one below the whole, those that end with a record are good.
    EXPECT_EQ(damaged, std::ssize(inflated) - static_cast<Index>(header) - 4);
    damaged = 0;
    for (std::size_t at = header; at < inflated.size(); ++at)
        for (const int bit : {0, 2, 7}) {
            std::string flipped = inflated;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
            check("flipped.bam", flipped);
        }
    EXPECT_GT(damaged, 50);
}
