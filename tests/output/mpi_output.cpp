// SPDX-License-Identifier: MIT
#include "base/log.hpp"
#include "mpi/agree.hpp"
#include "output/assemble.hpp"
#include "output/inspect.hpp"
#include "output/output_file.hpp"
#include "support/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using namespace swather;

namespace {

struct Sum {
    Index value = 0;
    void merge(const Sum& other) { value += other.value; }
};

/// A run of 10 blocks of 7 cells over two segments, without a kernel: cell i is 3·i.
class SmallRun : public ScratchFolder {
public:
    SmallRun()
    {
        domain.append("one", 0, 30, 30);
        domain.append("two", 5, 41, 100);
    }

    Journal journal(bool resume, const std::string& option = "10")
    {
        Fingerprint fingerprint;
        fingerprint.add("--min-mapq", option);
        return {comm, folder + "/out.h5.journal", fingerprint, resume, plan.size()};
    }

    /// Computes those of the blocks whose turn it is, dealt out round robin.
    void compute(Journal& journal, Index first, Index last)
    {
        Encoder encode(plan, 1);
        for (Index id = first; id < last; ++id) {
            if (id % comm.size() != comm.rank()) continue;
            const Block block = plan.block(id);
            Dense<std::int32_t> dense;
            for (Index cell = block.core.begin; cell < block.core.end; ++cell)
                dense.cells.push_back(static_cast<std::int32_t>(3 * cell));
            Scalar<Sum> sums;
            for (const Piece& piece : domain.pieces(block.core))
                for (Index cell = piece.cells.begin; cell < piece.cells.end; ++cell)
                    sums.entries.push_back({piece.segment, {3 * cell}});
            journal.append(id, encode(block, std::tuple(dense, sums)));
        }
        journal.sync();
        meet();
    }

    Content content(Journal& journal)
    {
        const auto sum =
            scalar_column<Sum>("sum", "sum of the cells", [](const Sum& one) { return one.value; });
        const std::tuple outputs{DenseOutput<std::int32_t>{"/coverage/depth", "depth", "1"},
                                 ScalarOutput<Sum>{"/summary", {sum}}};
        return Assembler(comm, plan, journal, domain, {})(outputs);
    }

    void make(OutputFile& file, Journal& journal)
    {
        file.create({"a small run", "coverage"});
        file.add(content(journal));
        file.write(journal);
    }

    void publish(Journal& journal)
    {
        OutputFile file(comm, folder + "/out.h5");
        make(file, journal);
        file.verify();
        Fingerprint fingerprint;
        fingerprint.add("--min-mapq", "10");
        const Provenance provenance{
            {{"fingerprint", fingerprint.to_json()},
             {"finished", "now"},
             {"swather_version", "0"},
             {"ranks", "1"},
             {"command_line", "test"}},
            {{"path", std::vector<std::string>{"x"}, "", ""}, {"size", std::vector<Index>{1}, "", ""}}};
        file.publish(provenance);
    }

    ConcatAxis domain;
    PlanPart plan = split(66, 7, 0);
};

std::vector<fs::path> block_files(const std::string& folder)
{
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(folder + "/out.h5.journal"))
        if (file.path().filename().string().starts_with("blocks.")) files.push_back(file.path());
    std::sort(files.begin(), files.end());
    return files;
}

Index count_missing(const SmallRun& run, const Journal& journal)
{
    return run.comm.broadcast(static_cast<Index>(journal.missing().size()));
}

} // namespace

TEST(Output, IsWrittenByAllRanksVerifiedAndNamed)
{
    SmallRun run;
    Journal journal = run.journal(false);
    EXPECT_EQ(count_missing(run, journal), 10);
    run.compute(journal, 0, 10);
    run.publish(journal);
    if (!run.comm.is_root()) return;
    EXPECT_TRUE(fs::exists(run.folder + "/out.h5"));
    EXPECT_FALSE(fs::exists(run.folder + "/out.h5.part"));
    const std::string text = inspect(run.folder + "/out.h5");
    EXPECT_NE(text.find("/coverage/depth"), std::string::npos) << text;
}

TEST(ItemValues, AreTheSameInMemoryAndPutAside)
{
    SmallRun run;
    Journal journal = run.journal(false);
    run.meet();
    // Three pages of 65,536 items, the last of them not whole, and back again: item i is merged with 1, then
    // with 2 if it is one of every thousandth.
    constexpr Index items = 2 * 65'536 + 500;
    ItemValues<Sum> values(journal, items);
    for (Index item = 0; item < items; ++item) values.merge(item, {1});
    for (Index item = 0; item < items; item += 1000) values.merge(item, {2});
    for (const Box& some : {Box{65'000, 66'001}, Box{0, 1}, Box{items - 400, items}, Box{7, 7}}) {
        const std::vector<Sum> got = values.of(some);
        ASSERT_EQ(std::ssize(got), some.size());
        for (Index item = some.begin; item < some.end; ++item)
            EXPECT_EQ(got[static_cast<std::size_t>(item - some.begin)].value, item % 1000 == 0 ? 3 : 1);
    }
    EXPECT_ANY_THROW(values.merge(items, {1}));
    EXPECT_ANY_THROW(values.merge(3 * 65'536, {1}));
}

TEST(Journal, ThatARankDoesNotSeeIsAnErrorWithARemedy)
{
    SmallRun run;
    Journal journal = run.journal(false);
    run.meet();
    if (run.comm.is_root()) fs::remove_all(run.folder + "/out.h5.journal");
    run.meet();
    try {
        journal.append(0, Payload{});
        FAIL() << "the journal is not there";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::io);
        EXPECT_NE(error.remedy().find("every rank must see"), std::string::npos) << error.what();
    }
}

TEST(Output, IsRemovedWhenItCannotBeVerified)
{
    SmallRun run;
    Journal journal = run.journal(false);
    run.compute(journal, 0, 10);
    {
        OutputFile file(run.comm, run.folder + "/out.h5");
        run.make(file, journal);
        share(run.comm, [&] { // one byte of the last chunk, behind which nothing but metadata lies
            const std::string path = run.folder + "/out.h5.part";
            const File part = File::open(path, File::Mode::update);
            Bytes all(part.size());
            part.read(0, all);
            // zlib's first two bytes at level 1, at the begin of a page: a chunk
            for (std::size_t page = 4096; page < all.size(); page += 4096)
                if (all[page] == std::byte{0x78}) {
                    const Bytes other(1, ~all[page + 4]);
                    part.write(page + 4, other);
                    return;
                }
            throw Error(Exit::internal, "no chunk was found");
        });
        EXPECT_THROW(file.verify(), AgreedError);
    }
    run.meet();
    EXPECT_FALSE(fs::exists(run.folder + "/out.h5.part"));
    EXPECT_FALSE(fs::exists(run.folder + "/out.h5"));
}

TEST(Journal, ResumesWithWhatIsThere)
{
    SmallRun run;
    {
        Journal journal = run.journal(false);
        run.compute(journal, 0, 4);
    }
    run.meet();
    Journal journal = run.journal(true);
    EXPECT_EQ(run.comm.sum(static_cast<Index>(journal.entries().size())), 4);
    if (run.comm.is_root()) {
        EXPECT_EQ(journal.missing(), (std::vector<Index>{4, 5, 6, 7, 8, 9}));
    }
    run.compute(journal, 4, 10);
    run.publish(journal);
}

TEST(Journal, WithoutResumeStartsEmpty)
{
    SmallRun run;
    {
        Journal journal = run.journal(false);
        run.compute(journal, 0, 4);
    }
    run.meet();
    Journal journal = run.journal(false);
    EXPECT_EQ(count_missing(run, journal), 10);
    if (run.comm.is_root()) {
        EXPECT_TRUE(block_files(run.folder).empty());
    }
}

TEST(Journal, ATornOrDamagedRecordIsMissing)
{
    SmallRun run;
    {
        Journal journal = run.journal(false);
        run.compute(journal, 0, 10);
    }
    run.meet();
    Index lost = 0;
    if (run.comm.is_root()) {
        const auto files = block_files(run.folder);
        // The last byte of the first file is gone: its last record is torn.
        fs::resize_file(files.front(), fs::file_size(files.front()) - 1);
        lost = 1;
        // A byte in the body of the last record of the last file is another.
        if (files.size() > 1) {
            std::fstream file(files.back(), std::ios::in | std::ios::out | std::ios::binary);
            file.seekg(-2, std::ios::end);
            const char other = static_cast<char>(~file.peek());
            file.seekp(-2, std::ios::end);
            file.put(other);
            lost = 2;
        }
    }
    lost = run.comm.broadcast(lost);
    Journal journal = run.journal(true);
    EXPECT_EQ(count_missing(run, journal), lost);
    EXPECT_EQ(run.comm.sum(static_cast<Index>(journal.entries().size())), 10 - lost);
}

TEST(Journal, OfAnotherRunIsRefusedByName)
{
    SmallRun run;
    {
        Journal journal = run.journal(false, "10");
    }
    run.meet();
    try {
        Journal journal = run.journal(true, "20");
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        EXPECT_EQ(error.code(), Exit::usage);
        EXPECT_NE(std::string(error.what()).find("--min-mapq: '10' there, '20' here"), std::string::npos)
            << error.what();
    }
}

TEST(Journal, IsLockedWhileInUse)
{
    SmallRun run;
    const Journal journal = run.journal(false);
    try {
        Journal second = run.journal(true);
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        EXPECT_EQ(error.code(), Exit::cannot_create);
    }
}

TEST(OutputFile, WhatStandsAtItsName)
{
    SmallRun run;
    const std::string path = run.folder + "/out.h5";
    Fingerprint same;
    same.add("--min-mapq", "10");
    Fingerprint other;
    other.add("--min-mapq", "20");
    Journal journal = run.journal(false);
    run.compute(journal, 0, 10);
    run.publish(journal);

    EXPECT_EQ(look_at_output(path, same, false), Existing::up_to_date);
    EXPECT_EQ(look_at_output(path, same, true), Existing::nothing);
    EXPECT_THROW(look_at_output(path, other, false), Error);
    EXPECT_EQ(look_at_output(run.folder + "/new.h5", same, false), Existing::nothing);
    EXPECT_NO_THROW(check_output_place(path, {}));
    EXPECT_THROW(check_output_place(path, {run.folder + "/./out.h5"}), Error); // an input of the run
    EXPECT_THROW(check_output_place(run.folder, {}), Error);
    EXPECT_THROW(check_output_place(run.folder + "/nowhere/out.h5", {}), Error);
}
