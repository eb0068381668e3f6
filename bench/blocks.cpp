// SPDX-License-Identifier: MIT
// Speed of what a block goes through beside its kernel: a BAM and a table are read from files, groups are
// made of rows, and results go to the journal and come back. Each benchmark checks its answer.
#include "kernels/counts.hpp"
#include "mpi/communicator.hpp"
#include "output/journal.hpp"
#include "simulate/sequencer.hpp"
#include "simulate/sorted_bam.hpp"
#include "sources/bam_records.hpp"
#include "sources/table_rows.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <htslib/bgzf.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace swather;

namespace {

std::string scratch(const std::string& name)
{
    return std::filesystem::temp_directory_path() / fmt::format("swather-bench-{}-{}", ::getpid(), name);
}

/// A file that is gone with this.
struct Passing {
    std::string path;
    ~Passing() { std::filesystem::remove_all(path); }
};

/// The virtual offset behind the header.
std::uint64_t first_record_of(const std::string& path)
{
    const HtsBgzf file(bgzf_open(path.c_str(), "r"));
    const HtsHeader header(bam_hdr_read(file.get()));
    return static_cast<std::uint64_t>(bgzf_tell(file.get()));
}

void read_bam(benchmark::State& state)
{
    simulate::Options options;
    options.prefix = scratch("reads");
    options.contigs.push_back({300'000, "chr1", {}});
    const Passing bam{options.prefix + ".bam"}, index{options.prefix + ".bam.bai"};
    {
        simulate::Random random(1);
        simulate::SortedBam sorted(options);
        simulate::Sequencer sequencer{options, random, sorted};
        options.contigs.front().bases = sequencer.random_bases(options.contigs.front().length);
        sequencer.sequence_contig(0);
        sorted.close();
    }
    const auto size = static_cast<Index>(std::filesystem::file_size(bam.path));
    BamRecords records(bam.path);
    const std::uint64_t first = first_record_of(bam.path);
    records.seek(first);
    BamRecord record;
    Index expected = 0;
    while (records.next(record)) ++expected;
    // 30-fold, of reads of 150 bases: 60,000, but for the stretches that have none.
    if (expected < 50'000 || expected > 70'000) return state.SkipWithError("ERROR: wrong number of reads");
    for (auto _ : state) {
        records.seek(first);
        Index reads = 0;
        while (records.next(record)) reads += record.start >= -1;
        if (reads != expected) return state.SkipWithError("ERROR: reads are missing");
    }
    state.SetBytesProcessed(state.iterations() * size);
    state.counters["reads"] =
        benchmark::Counter(static_cast<double>(expected), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(read_bam)->Unit(benchmark::kMillisecond);

void counts_kernel(benchmark::State& state)
{
    constexpr Index rows = 400'000;
    const Index keys = state.range(0);
    const Passing table{scratch("table.csv")};
    {
        std::ofstream file(table.path);
        file << "SampleID,Volume\n";
        for (Index row = 0; row < rows; ++row) file << 'S' << row * 7919 % keys << ',' << row << '\n';
    }
    Counts::Options wanted;
    wanted.by = {"SampleID"};
    wanted.sum = {"Volume"};
    const Counts kernel(wanted);
    TableOptions options;
    options.inputs = {table.path};
    options.columns = kernel.columns();
    TableRows source(options);
    source.survey("");
    const Plan plan = split(source.domain().size(), source.domain().size(), 0);
    const Descriptor descriptor = source.describe(plan.block(0));
    const auto once = [&] { return kernel(source.read(descriptor)); };
    if (std::get<1>(once()).entries.at(0).value.rows.rows != rows)
        return state.SkipWithError("ERROR: rows are missing");
    for (auto _ : state) benchmark::DoNotOptimize(once());
    state.SetBytesProcessed(state.iterations() * source.domain().size());
    state.counters["rows"] =
        benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(counts_kernel)->Arg(1000)->Arg(400'000)->ArgName("keys")->Unit(benchmark::kMillisecond);

void journal_blocks(benchmark::State& state)
{
    constexpr Index blocks = 256;
    const Communicator comm = Communicator::world();
    const PassingJournal passing{scratch("journal")};
    Payload payload;
    payload.append_part(Bytes(16), Bytes(static_cast<std::size_t>(state.range(0)), std::byte{7}));
    Bytes body(payload.body.size());
    for (auto _ : state) {
        Journal journal{comm, passing.folder, Fingerprint(), false, blocks};
        for (Index block = 0; block < blocks; ++block) journal.append(block, payload);
        if (std::ssize(journal.entries()) != blocks) return state.SkipWithError("ERROR: blocks are missing");
        for (const Journal::Entry& entry : journal.entries()) {
            if (journal.read_head(entry) != payload.head) return state.SkipWithError("ERROR: wrong head");
            journal.read(entry.body(), body);
        }
        if (body != payload.body) return state.SkipWithError("ERROR: wrong body");
        journal.remove();
    }
    state.SetItemsProcessed(state.iterations() * blocks);
    state.SetBytesProcessed(state.iterations() * blocks * state.range(0));
    state.SetLabel("blocks, written and read");
}
BENCHMARK(journal_blocks)->Arg(1000)->Arg(100'000)->ArgName("bytes")->Unit(benchmark::kMillisecond);

} // namespace
