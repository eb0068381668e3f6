// SPDX-License-Identifier: MIT
#include "base/log.hpp"
#include "output/encode.hpp"
#include "output/ordered_rows.hpp"
#include "results/records.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <numeric>
#include <random>

namespace fs = std::filesystem;
using namespace swather;

namespace {

/// Rows of one number each, from 0 on over all blocks: of each block, how many rows each of its batches has.
using Blocks = std::vector<std::vector<Index>>;

/// A batch of `rows` rows that begin with `first`.
Rows::Batch batch_of(Index first, Index rows)
{
    Rows::Batch batch{.rows = rows, .packed = {}};
    for (Index row = first; row < first + rows; ++row)
        put_varint(batch.packed, static_cast<std::uint64_t>(row));
    return batch;
}

RowsOutput numbers()
{
    return {.group = "/rows",
            .dimension = "row",
            .columns = [](const auto&) -> std::vector<CellColumn> {
                return {{"number", CellColumn::Type::int64, "the number of the row"}};
            },
            .unpack =
                [](std::string_view packed, std::vector<Cells>& cells) {
                    while (!packed.empty())
                        std::get<std::vector<Index>>(cells[0]).push_back(
                            static_cast<Index>(take_varint(packed)));
                }};
}

Index rows_in(const Blocks& blocks)
{
    Index rows = 0;
    for (const auto& batches : blocks) rows = std::accumulate(batches.begin(), batches.end(), rows);
    return rows;
}

/// Rows of a rank in a round, when the cells of a row take 16 bytes: those of the largest batch at least.
Index rows_of_a_rank(const Blocks& blocks, double bytes)
{
    Index rows = static_cast<Index>(bytes / 16);
    for (const auto& batches : blocks)
        for (const Index size : batches) rows = std::max(rows, size);
    return rows;
}

/// A journal that holds the rows of blocks, as the second of their results; `is_mine` deals the blocks out.
class Stored : public ScratchFolder {
public:
    Stored(const Blocks& blocks, const std::function<bool(std::size_t block)>& is_mine)
        : plan(split(std::ssize(blocks), 1, 0))
        , journal(comm, folder + "/out.h5.journal", Fingerprint{}, false, plan.size())
    {
        Encoder encode(plan, 1);
        Index first = 0;
        for (std::size_t id = 0; id < blocks.size(); ++id) {
            Rows rows;
            for (const Index size : blocks[id]) {
                rows.batches.push_back(batch_of(first, size));
                first += size;
            }
            if (!is_mine(id)) continue;
            const Dense<std::int32_t> before{{7}};
            journal.append(static_cast<Index>(id),
                           encode(plan.block(static_cast<Index>(id)), std::tuple(before, rows)));
        }
        journal.sync();
    }

    Plan plan;
    Journal journal;
};

/// Deals all blocks to root.
std::function<bool(std::size_t)> of_root()
{
    return [is_root = Communicator::world().is_root()](std::size_t) { return is_root; };
}

/// Reads all rounds, and sees that the rows are all there and in order; returns how many rounds there were.
int check_rows(Stored& stored, const Blocks& blocks, double bytes)
{
    const Communicator& comm = stored.comm;
    const RowsOutput output = numbers();
    OrderedRows rows(comm, stored.journal, {0, stored.plan.size()}, output, 1, bytes);
    Index before = 0;
    int rounds = 0;
    while (const auto cells = rows.next()) {
        ++rounds;
        const auto& mine = std::get<std::vector<Index>>(cells->at(0));
        // The last of its batches may reach into the next rank's.
        EXPECT_LE(std::ssize(mine), 2 * rows_of_a_rank(blocks, bytes));
        for (const auto& of_rank : comm.gather(mine)) {
            for (const Index row : of_rank) EXPECT_EQ(row, before++);
        }
    }
    EXPECT_EQ(before, comm.is_root() ? rows_in(blocks) : 0);
    return rounds;
}

} // namespace

TEST(OrderedRows, RandomBlocksOnRandomRanks)
{
    std::mt19937 random(1); // the same on all ranks
    const Communicator comm = Communicator::world();
    const auto ranks = static_cast<std::size_t>(comm.size());
    const auto me = static_cast<std::size_t>(comm.rank());
    for (int i = 0; i < 8; ++i) {
        Blocks blocks(1 + random() % 30);
        for (auto& batches : blocks) {
            batches.resize(random() % 4);
            for (Index& rows : batches) rows = random() % 3 == 0 ? 0 : static_cast<Index>(random() % 50);
        }
        std::vector<std::size_t> holder(blocks.size());
        for (auto& rank : holder) rank = random() % ranks;
        Stored stored(blocks, [&](std::size_t block) { return holder[block] == me; });
        const double bytes = 16.0 * static_cast<double>(1 + random() % 200);
        const int rounds = check_rows(stored, blocks, bytes);
        const Index of_a_round = rows_of_a_rank(blocks, bytes) * comm.size();
        EXPECT_EQ(rounds, (rows_in(blocks) + of_a_round - 1) / of_a_round);
    }
}

TEST(OrderedRows, OneRankHoldsAll)
{
    const Blocks blocks{{3, 40}, {}, {1}, {500, 500, 500}};
    Stored stored(blocks, of_root());
    check_rows(stored, blocks, 1600);
}

TEST(OrderedRows, NoRowsAtAll)
{
    const Blocks blocks{{}, {0}, {}};
    Stored stored(blocks, of_root());
    EXPECT_EQ(check_rows(stored, blocks, 1600), 0);
}

TEST(OrderedRows, DamagedRowsAreRefusedOnAllRanks)
{
    const Blocks blocks{{100}, {100}};
    Stored stored(blocks, of_root());
    if (stored.comm.is_root())
        for (const auto& entry : fs::directory_iterator(stored.folder + "/out.h5.journal")) {
            if (!entry.path().filename().string().starts_with("blocks.")) continue;
            const File file = File::open(entry.path(), File::Mode::update);
            const std::byte wrong{0x7f};
            file.write(file.size() - 1, {&wrong, 1}); // of the last row
        }
    const RowsOutput output = numbers();
    OrderedRows rows(stored.comm, stored.journal, {0, stored.plan.size()}, output, 1, 1e6);
    try {
        rows.next();
        ADD_FAILURE() << "damaged rows were taken";
    } catch (const AgreedError& error) {
        EXPECT_EQ(error.code(), Exit::io);
        EXPECT_NE(std::string(error.what()).find("rows of block 1"), std::string::npos) << error.what();
    }
}
