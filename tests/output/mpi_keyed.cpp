// SPDX-License-Identifier: MIT
#include "base/log.hpp"
#include "output/chunk_stream.hpp"
#include "output/merge_runs.hpp"
#include "support/decode_chunk.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <random>

namespace fs = std::filesystem;
using namespace swather;

namespace {

/// A journal of 10 blocks in a folder of its own.
class Scratch : public ScratchFolder {
public:
    Journal journal(bool resume = false)
    {
        return {comm, folder + "/out.h5.journal", Fingerprint{}, resume, 10};
    }

    /// Whether it is this rank's turn.
    [[nodiscard]] bool is_rank(std::size_t number) const
    {
        return number % static_cast<std::size_t>(comm.size()) == static_cast<std::size_t>(comm.rank());
    }
};

// ---- chunks ----

/// How many cells each rank has in each round.
using Rounds = std::vector<std::vector<std::size_t>>;

/// The cells of the dataset: some are zero, and some whole stretches.
Index cell(std::size_t i)
{
    return i / 100 % 3 == 1 || i % 5 == 0 ? 0 : static_cast<Index>(i * 0x9e37'79b9'7f4a'7c15);
}

void check_stream(Scratch& scratch, Journal& journal, const Rounds& rounds, Index chunk, int level)
{
    const Communicator& comm = scratch.comm;
    ChunkedDataset empty;
    empty.path = "/cells";
    empty.type = CellType::int64;
    empty.chunk = chunk;
    ChunkCodec codec(level);
    ChunkStream stream(comm, journal, empty, codec);
    std::size_t cells = 0;
    for (const auto& counts : rounds) {
        std::size_t before = cells;
        std::vector<Index> mine;
        for (std::size_t rank = 0; rank < counts.size(); ++rank) {
            if (rank == static_cast<std::size_t>(comm.rank())) {
                before = cells;
                for (std::size_t i = 0; i < counts[rank]; ++i) mine.push_back(cell(cells + i));
            }
            cells += counts[rank];
        }
        EXPECT_EQ(stream.append(std::as_bytes(std::span(mine))), static_cast<Index>(before));
        EXPECT_EQ(stream.cells(), static_cast<Index>(cells));
    }
    const ChunkedDataset dataset = std::move(stream).finish();
    EXPECT_EQ(dataset.path, "/cells");
    EXPECT_EQ(dataset.cells, static_cast<Index>(cells));
    // A short dataset is one chunk; of an empty one the size of chunks is of no account, but not 0.
    EXPECT_EQ(dataset.chunk, std::min(chunk, std::max(dataset.cells, Index{1})));

    const auto chunk_cells = static_cast<std::size_t>(dataset.chunk);
    std::vector<Index> numbers;
    for (const OwnChunk& own : dataset.chunks) {
        numbers.push_back(own.number);
        Bytes encoded(own.size);
        journal.read(own.place, encoded);
        EXPECT_EQ(hash_of(encoded), own.hash);
        std::vector<Index> expected(chunk_cells); // padded with zeros
        for (std::size_t i = 0; i < chunk_cells; ++i)
            if (const std::size_t at = static_cast<std::size_t>(own.number) * chunk_cells + i; at < cells)
                expected[i] = cell(at);
        EXPECT_EQ(decode_chunk<Index>(encoded, chunk_cells), expected) << "chunk " << own.number;
    }
    std::vector<Index> all;
    for (const auto& one : comm.gather(numbers)) all.insert(all.end(), one.begin(), one.end());
    std::sort(all.begin(), all.end());
    if (!comm.is_root()) return;
    std::vector<Index> each((cells + static_cast<std::size_t>(dataset.chunk) - 1) /
                            static_cast<std::size_t>(dataset.chunk));
    for (std::size_t i = 0; i < each.size(); ++i) each[i] = static_cast<Index>(i);
    EXPECT_EQ(all, each);
}

// ---- runs ----

using Records = std::map<std::string, std::string>;

/// Where values are appended, their order matters.
void append_value(std::string& value, std::string_view later) { value += later; }

/// What a merge took.
struct Merged {
    int rounds = 0;
    std::size_t of_a_rank = 0;  ///< the most bytes that a rank had in a round
    std::size_t of_a_round = 0; ///< and all ranks
};

/// Puts the runs aside, on random ranks or on the one that is `holder`, and merges them.
Merged check_merge(Scratch& scratch, const std::vector<Records>& runs, double range_bytes,
                   std::mt19937& random, std::optional<std::size_t> holder = std::nullopt)
{
    const Communicator& comm = scratch.comm;
    Journal journal = scratch.journal();
    Records expected;
    std::vector<std::size_t> order(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        order[i] = i;
        for (const auto& [key, value] : runs[i]) expected[key] += value;
    }
    std::shuffle(order.begin(), order.end(), random); // ranks finish blocks in any order
    std::vector<StoredRun> stored;
    for (const std::size_t i : order) {
        if (!scratch.is_rank(holder ? *holder : random())) continue;
        RunWriter run(journal, static_cast<Index>(i));
        for (const auto& [key, value] : runs[i]) run.append({key, value});
        stored.push_back(std::move(run).finish());
        stored.back().order = static_cast<Index>(3 * i);
    }

    RunMerger merger(comm, journal, std::move(stored), append_value, range_bytes);
    Merged took;
    std::string merged;
    for (auto part = merger.next(); part; part = merger.next(), ++took.rounds) {
        Bytes mine;
        append(mine, std::as_bytes(std::span(*part)));
        const std::size_t before = merged.size();
        for (const Bytes& one : comm.gather(mine)) {
            took.of_a_rank = std::max(took.of_a_rank, one.size());
            merged.append(reinterpret_cast<const char*>(one.data()), one.size());
        }
        took.of_a_round = std::max(took.of_a_round, merged.size() - before);
    }
    EXPECT_FALSE(merger.next().has_value()); // it stays at its end
    if (!comm.is_root()) return took;

    auto next = expected.begin();
    for (std::string_view rest = merged; !rest.empty(); ++next) {
        const Record record = take_record(rest);
        if (next == expected.end() || record.key != next->first || record.value != next->second) {
            ADD_FAILURE() << "key '" << record.key << "', '"
                          << (next == expected.end() ? std::string("none") : next->first)
                          << "' expected; values of " << record.value.size();
            return took;
        }
    }
    EXPECT_TRUE(next == expected.end()) << "the last are not there";
    return took;
}

std::string random_text(std::mt19937& random, std::size_t longest)
{
    static constexpr char bytes[] = {'\0', 'a', 'b', '\xff'};
    std::string text(random() % (longest + 1), '\0');
    for (char& c : text) c = bytes[random() % sizeof bytes];
    return text;
}

/// Runs whose keys are drawn from one pool, so that most are in several.
std::vector<Records> random_runs(std::mt19937& random, std::size_t count, std::size_t records,
                                 const std::vector<std::string>& pool, std::size_t longest_value)
{
    std::vector<Records> runs(count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = random() % (records + 1); j > 0; --j)
            runs[i][pool[random() % pool.size()]] =
                std::to_string(i) + "." + std::string(random() % (longest_value + 1), 'v') + ";";
    return runs;
}

// ---- links ----

Bytes link(std::string_view text)
{
    Bytes bytes;
    append(bytes, std::as_bytes(std::span(text)));
    return bytes;
}

} // namespace

TEST(ChunkStream, CellsOfRandomRoundsStandInTheirChunks)
{
    Scratch scratch;
    Journal journal = scratch.journal();
    std::mt19937 random(1);
    for (const Index chunk : {1, 3, 64})
        for (int trial = 0; trial < 25; ++trial) {
            Rounds rounds(random() % 7);
            const std::size_t most = trial % 2 == 0 ? 5 : 200;
            for (auto& counts : rounds)
                for (int rank = 0; rank < scratch.comm.size(); ++rank)
                    counts.push_back(random() % 2 == 0 ? 0 : random() % (most + 1));
            SCOPED_TRACE(testing::Message() << "chunk " << chunk << ", trial " << trial);
            check_stream(scratch, journal, rounds, chunk, trial % 5 == 4 ? 6 : 0);
        }
}

TEST(ChunkStream, AllCellsOnOneRank)
{
    Scratch scratch;
    Journal journal = scratch.journal();
    const auto ranks = static_cast<std::size_t>(scratch.comm.size());
    for (const std::size_t count : {1, 3, 64, 65, 200})
        for (std::size_t rank = 0; rank < ranks; ++rank) {
            std::vector<std::size_t> counts(ranks);
            counts[rank] = count;
            SCOPED_TRACE(testing::Message() << count << " cells on rank " << rank);
            check_stream(scratch, journal, {counts, counts, counts}, 64, 0);
            check_stream(scratch, journal, {counts}, 64, 0); // of 65 cells, the second chunk has one
            check_stream(scratch, journal, {counts}, 3, 0);
        }
}

TEST(ChunkStream, OneCellOfEachRankFillsChunksOverManyRounds)
{
    Scratch scratch;
    Journal journal = scratch.journal();
    const std::vector<std::size_t> ones(static_cast<std::size_t>(scratch.comm.size()), 1);
    check_stream(scratch, journal, Rounds(70, ones), 64, 0);
}

TEST(ChunkStream, AShortDatasetIsOneShortChunk)
{
    Scratch scratch;
    Journal journal = scratch.journal();
    const auto ranks = static_cast<std::size_t>(scratch.comm.size());
    check_stream(scratch, journal, {std::vector<std::size_t>(ranks, 2)}, 64, 0);
    std::vector<std::size_t> last(ranks);
    last.back() = 1;
    check_stream(scratch, journal, {last}, 64, 0);
    last.back() = 64; // not short: just one
    check_stream(scratch, journal, {last}, 64, 0);
}

TEST(ChunkStream, WithoutCellsThereIsNoChunk)
{
    Scratch scratch;
    Journal journal = scratch.journal();
    check_stream(scratch, journal, {}, 64, 0);
    check_stream(scratch, journal,
                 Rounds(2, std::vector<std::size_t>(static_cast<std::size_t>(scratch.comm.size()), 0)), 64,
                 0);
}

TEST(RunMerger, RandomRunsInOneRoundAndInMany)
{
    Scratch scratch;
    std::mt19937 random(2);
    std::vector<std::string> pool{""};
    for (int i = 0; i < 800; ++i) pool.push_back(random_text(random, 20));
    // About 7 · 300 records of 800 bytes: most runs have several marks.
    const auto runs = random_runs(random, 7, 600, pool, 1600);
    EXPECT_EQ(check_merge(scratch, runs, 1e12, random).rounds, 1);
    EXPECT_GT(check_merge(scratch, runs, 20'000, random).rounds, 1);
}

TEST(RunMerger, NoRankHasMuchMoreThanARangeInARound)
{
    Scratch scratch;
    std::mt19937 random(8);
    // 60 runs of the same keys: 100 KB each, 6 MB together; a range is 300 KB.
    std::vector<Records> alike(60);
    for (Records& run : alike)
        for (int key = 1000; key < 3000; ++key) run[std::to_string(key)] = std::string(44, 'v');
    EXPECT_LT(check_merge(scratch, alike, 3e5, random).of_a_rank, 450'000u);
    // The same of a sorted table: each run has keys of its own.
    std::vector<Records> sorted(60);
    for (int key = 100'000; key < 220'000; ++key)
        sorted[static_cast<std::size_t>(key - 100'000) / 2000][std::to_string(key)] = std::string(44, 'v');
    EXPECT_LT(check_merge(scratch, sorted, 3e5, random).of_a_rank, 450'000u);
    // One rank has all, as after a run of one rank was resumed: it sends no more than a range in a round.
    EXPECT_LT(check_merge(scratch, alike, 3e5, random, 0).of_a_round, 450'000u);
}

TEST(RunMerger, TinyRangesOfSmallRuns)
{
    Scratch scratch;
    std::mt19937 random(3);
    for (const std::size_t count : {1, 2, 3, 5, 9}) {
        std::vector<std::string> pool{""};
        for (int i = 0; i < 12; ++i) pool.push_back(random_text(random, 3));
        const auto runs = random_runs(random, count, 8, pool, 3);
        check_merge(scratch, runs, 1, random);
        check_merge(scratch, runs, 1e12, random);
    }
}

TEST(RunMerger, KeysThatShareALongPrefix)
{
    Scratch scratch;
    std::mt19937 random(4);
    const std::string prefix(200, 'p');
    std::vector<std::string> pool;
    for (int i = 0; i < 400; ++i) pool.push_back(prefix + random_text(random, 12));
    pool.push_back(prefix);
    auto runs = random_runs(random, 6, 400, pool, 500);
    check_merge(scratch, runs, 1e12, random);
    check_merge(scratch, runs, 10'000, random);
    // With the empty key nothing is shared any more, and the first eight bytes of all others are equal.
    runs[0][""] = "a";
    runs[5][""] = "b";
    runs[3][prefix.substr(0, 8)] = "c";
    runs[2][prefix.substr(0, 7)] = "d";
    check_merge(scratch, runs, 1e12, random);
    check_merge(scratch, runs, 10'000, random);
}

TEST(RunMerger, KeysAreComparedBeyondEightBytes)
{
    // They differ in length and zeros only, at and behind the eighth byte; those of 0xff bytes are the last
    // that there are.
    Scratch scratch;
    std::mt19937 random(5);
    std::vector<std::string> pool;
    for (std::size_t size = 0; size <= 20; ++size)
        for (const char c : {'\0', 'a', '\xff'}) {
            pool.emplace_back(size, c);
            pool.push_back(std::string(size, c) + '\0');
            pool.push_back(std::string(8, c) + std::string(size, '\0'));
        }
    for (int trial = 0; trial < 10; ++trial) {
        const auto runs = random_runs(random, 1 + random() % 12, 100, pool, 5);
        check_merge(scratch, runs, 1e12, random);
    }
}

TEST(RunMerger, EqualKeysMeetInTheOrderOfRuns)
{
    Scratch scratch;
    std::mt19937 random(6);
    std::vector<Records> runs;
    for (int i = 0; i < 20; ++i) runs.push_back({{"", "e" + std::to_string(i)}, {"k", std::to_string(i)}});
    check_merge(scratch, runs, 1e12, random);
    check_merge(scratch, runs, 10, random);
}

TEST(RunMerger, WithoutRunsOrWithoutRecords)
{
    Scratch scratch;
    std::mt19937 random(7);
    check_merge(scratch, {}, 1e12, random);
    check_merge(scratch, {}, 1, random);
    check_merge(scratch, {{}, {}, {}}, 1, random);
    check_merge(scratch, {{}, {{"", ""}}, {}}, 1, random);
}

TEST(Journal, KeepsOfLinkedBlocksWhatIsChosen)
{
    Scratch scratch;
    struct One {
        Index block;
        std::string_view link;
    };
    // Two links of block 3, each twice; block 8 twice with the same, that of block 0; block 5 has none.
    const std::vector<One> written{{3, "in text"}, {8, "same"},    {3, "in quotes"}, {0, "same"},    {5, ""},
                                   {8, "same"},    {3, "in text"}, {3, "in quotes"}, {6, "unlikely"}};
    {
        Journal journal = scratch.journal();
        for (std::size_t i = 0; i < written.size(); ++i)
            if (scratch.is_rank(i)) journal.append(written[i].block, Payload(link(written[i].link)));
        journal.sync();
    }
    scratch.meet();
    Journal journal = scratch.journal(true);
    const auto count = [&] { return scratch.comm.sum(static_cast<Index>(journal.entries().size())); };
    EXPECT_EQ(count(), 6); // of 3 two, of 0, 5, 6 and 8 one
    if (scratch.comm.is_root()) {
        EXPECT_EQ(journal.missing(), (std::vector<Index>{1, 2, 4, 7, 9}));
    }

    bool asked = false;
    journal.keep(scratch.comm, [&](const std::vector<BlockLink>& links) {
        asked = true;
        std::vector<Index> blocks;
        std::vector<char> keep;
        for (const BlockLink& one : links) {
            blocks.push_back(one.block);
            keep.push_back(one.link != link("in text") && one.link != link("unlikely"));
        }
        EXPECT_EQ(blocks, (std::vector<Index>{0, 3, 3, 5, 6, 8}));
        return keep;
    });
    EXPECT_EQ(asked, scratch.comm.is_root());
    EXPECT_EQ(count(), 4);
    if (scratch.comm.is_root()) {
        EXPECT_EQ(journal.missing(), (std::vector<Index>{1, 2, 4, 6, 7, 9}));
    } else {
        EXPECT_TRUE(journal.missing().empty());
    }
    const std::map<Index, std::string_view> kept{{0, "same"}, {3, "in quotes"}, {5, ""}, {8, "same"}};
    for (const Journal::Entry& entry : journal.entries()) {
        ASSERT_TRUE(kept.contains(entry.block)) << entry.block;
        EXPECT_EQ(entry.link, link(kept.at(entry.block)));
        EXPECT_EQ(link_of(journal.read_head(entry)), entry.link);
    }

    // A block that was not chosen is computed again, and stands in the journal beside it.
    if (scratch.is_rank(1)) journal.append(6, Payload(link("as it is")));
    journal.keep(scratch.comm, [](const auto& links) { return std::vector<char>(links.size(), 1); });
    EXPECT_EQ(count(), 5);
    if (scratch.comm.is_root()) {
        EXPECT_EQ(journal.missing(), (std::vector<Index>{1, 2, 4, 7, 9}));
    }
    journal.keep(scratch.comm, [](const auto& links) { return std::vector<char>(links.size(), 0); });
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(scratch.comm.broadcast(static_cast<Index>(journal.missing().size())), 10);
}
