// SPDX-License-Identifier: MIT
// Speed of what a block goes through beside its kernel: a BAM, a CRAM and a table are read from files, groups
// are made of rows, results go to the journal and come back, and chunks get their places in the output. Each
// benchmark checks its answer.
#include "h5/hdf5.hpp"
#include "kernels/counts.hpp"
#include "mpi/communicator.hpp"
#include "output/journal.hpp"
#include "output/placement.hpp"
#include "passing.hpp"
#include "simulate/sequencer.hpp"
#include "simulate/sorted_bam.hpp"
#include "sources/bam_records.hpp"
#include "sources/cram_records.hpp"
#include "sources/table_rows.hpp"

#include <benchmark/benchmark.h>
#include <htslib/bgzf.h>
#include <htslib/cram.h>
#include <htslib/hfile.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace swather;

namespace {

/// The virtual offset behind the header.
std::uint64_t first_record_of(const std::string& path)
{
    const HtsBgzf file(bgzf_open(path.c_str(), "r"));
    const HtsHeader header(bam_hdr_read(file.get()));
    return static_cast<std::uint64_t>(bgzf_tell(file.get()));
}

/// Makes a BAM of 30-fold depth.
void simulate_bam(const std::string& prefix)
{
    simulate::Options options;
    options.prefix = prefix;
    options.contigs.push_back({300'000, "chr1", {}});
    simulate::Random random(1);
    simulate::SortedBam sorted(options);
    simulate::Sequencer sequencer{options, random, sorted};
    options.contigs.front().bases = sequencer.random_bases(options.contigs.front().length);
    sequencer.sequence_contig(0);
    sorted.close();
}

/// Makes a CRAM of it, with all bases in it; returns where its records begin.
std::uint64_t convert_to_cram(const std::string& bam, const std::string& cram)
{
    const HtsFile from(hts_open(bam.c_str(), "r")), to(hts_open(cram.c_str(), "wc"));
    const HtsHeader header(sam_hdr_read(from.get()));
    hts_set_opt(to.get(), CRAM_OPT_NO_REF, 1);
    if (sam_hdr_write(to.get(), header.get()) != 0) return 0;
    const auto first = static_cast<std::uint64_t>(htell(cram_fd_get_fp(to->fp.cram)));
    const HtsRecord record(bam_init1());
    while (sam_read1(from.get(), header.get(), record.get()) >= 0)
        if (sam_write1(to.get(), header.get(), record.get()) < 0) return 0;
    return first;
}

/// Reads all records from a place on, again and again; a rate is of so many bytes.
template <class Records>
void read_all(benchmark::State& state, Records& records, std::uint64_t first, const std::string& path)
{
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
    state.SetBytesProcessed(state.iterations() * static_cast<Index>(std::filesystem::file_size(path)));
    state.counters["reads"] =
        benchmark::Counter(static_cast<double>(expected), benchmark::Counter::kIsIterationInvariantRate);
}

void read_bam(benchmark::State& state)
{
    const std::string prefix = scratch("reads");
    const Passing bam{prefix + ".bam"}, index{prefix + ".bam.bai"};
    simulate_bam(prefix);
    BamRecords records(bam.path);
    read_all(state, records, first_record_of(bam.path), bam.path);
}
BENCHMARK(read_bam)->Unit(benchmark::kMillisecond);

void read_cram(benchmark::State& state)
{
    const std::string prefix = scratch("reads");
    const Passing bam{prefix + ".bam"}, index{prefix + ".bam.bai"}, cram{prefix + ".cram"};
    simulate_bam(prefix);
    const std::uint64_t first = convert_to_cram(bam.path, cram.path);
    CramRecords records(cram.path, {});
    read_all(state, records, first, cram.path);
}
BENCHMARK(read_cram)->Unit(benchmark::kMillisecond);

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

void place_chunks(benchmark::State& state)
{
    prepare_hdf5();
    const Index chunks = state.range(0), cells_of_chunk = 1000;
    const std::vector<std::uint64_t> sizes(static_cast<std::size_t>(chunks), 500);
    for (auto _ : state) {
        const Passing file{scratch("placed.h5")};
        PlacedFile placed(file.path);
        const h5::Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        const auto chunk = static_cast<hsize_t>(cells_of_chunk);
        H5Pset_chunk(properties, 1, &chunk);
        std::vector<std::uint64_t> places;
        {
            const h5::Id space = h5::space_of({static_cast<hsize_t>(chunks * cells_of_chunk)});
            const h5::Id dataset(
                H5Dcreate2(placed.id(), "x", H5T_STD_I32LE, space, H5P_DEFAULT, properties, H5P_DEFAULT),
                H5Dclose);
            places = placed.place_chunks(dataset, cells_of_chunk, sizes);
        }
        placed.close();
        if (std::ssize(places) != chunks ||
            std::ranges::adjacent_find(places, std::greater_equal<>()) != places.end())
            return state.SkipWithError("ERROR: places are missing, or the same");
    }
    state.SetItemsProcessed(state.iterations() * chunks);
    state.SetLabel("chunks: their places and index, without their bytes");
}
BENCHMARK(place_chunks)->Arg(1000)->Arg(50'000)->ArgName("chunks")->Unit(benchmark::kMillisecond);

} // namespace
