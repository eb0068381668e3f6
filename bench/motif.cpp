// SPDX-License-Identifier: MIT
// Speed of the search for patterns, and of reading what is searched. Each benchmark checks its answer.
#include "kernels/motif.hpp"

#include "base/file.hpp"
#include "kernels/motif_scan.hpp"
#include "sources/sequence_reader.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <random>

using namespace swather;

namespace {

constexpr Index bases_of_genome = 8 << 20;
constexpr Index bases_of_line = 60;

const std::string& genome()
{
    static const std::string bases = [] {
        std::mt19937_64 random(1);
        std::string all(static_cast<std::size_t>(bases_of_genome), 'A');
        for (char& base : all) base = "ACGT"[random() >> 62];
        return all;
    }();
    return bases;
}

/// Five patterns of restriction enzymes and transcription factors.
std::vector<MotifPattern> patterns()
{
    std::vector<MotifPattern> all;
    for (const char* letters : {"GAATTC", "TGGCANNNNNTGCCA", "GGWCC", "RGATCY", "TGASTCA"})
        all.push_back(parse_motif(letters));
    return all;
}

SequenceView view_of(const std::string& bases, Index halo)
{
    return SequenceView([&bases, halo, start = Index{0}]() mutable -> std::optional<SequenceStretch> {
        constexpr Index at_once = 128 << 10;
        if (start == std::ssize(bases)) return std::nullopt;
        const Index owned = std::min(at_once, std::ssize(bases) - start);
        const std::string_view seen = std::string_view(bases).substr(static_cast<std::size_t>(start),
                                                                     static_cast<std::size_t>(owned + halo));
        start += owned;
        return SequenceStretch{.contig = 0,
                               .contig_name = "chr1",
                               .contig_length = bases_of_genome,
                               .start = start - owned,
                               .bases = seen,
                               .owned = owned};
    });
}

Index rows_of(const Rows& rows)
{
    Index count = 0;
    for (const Rows::Batch& batch : rows.batches) count += batch.rows;
    return count;
}

/// Of a pattern without N, on the forward strand: how often its letters stand there.
Index counted(const std::string& letters)
{
    Index count = 0;
    for (std::size_t at = genome().find(letters); at != std::string::npos;
         at = genome().find(letters, at + 1))
        ++count;
    return count;
}

void motif_kernel(benchmark::State& state)
{
    const Motif one({parse_motif("GAATTC")}, MotifStrands::both);
    if (rows_of(std::get<0>(one(view_of(genome(), one.halo())))) != counted("GAATTC"))
        return state.SkipWithError("ERROR: hits are missing, or too many");
    const Motif kernel =
        state.range(0) == 1 ? one : Motif(patterns(), MotifStrands::both); // ten strands, four of them alike
    for (auto _ : state) benchmark::DoNotOptimize(kernel(view_of(genome(), kernel.halo())));
    state.SetBytesProcessed(state.iterations() * bases_of_genome);
}
BENCHMARK(motif_kernel)->Arg(1)->Arg(5)->ArgName("patterns");

void read_fasta(benchmark::State& state)
{
    const std::string path = std::filesystem::temp_directory_path() / "swather-bench.fa";
    write_whole(path, [](const File& file) {
        std::string text = ">chr1\n";
        for (Index begin = 0; begin < bases_of_genome; begin += bases_of_line)
            text += genome().substr(static_cast<std::size_t>(begin), bases_of_line) + "\n";
        file.append(std::as_bytes(std::span(text)));
    });
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path));
    SequencePlace place{.path = path, .is_last = true};
    place.pieces.push_back({.name = "chr1",
                            .contig = 0,
                            .lines = {.length = bases_of_genome,
                                      .offset = 6,
                                      .line_bases = bases_of_line,
                                      .line_bytes = bases_of_line + 1},
                            .start = 0,
                            .owned = bases_of_genome,
                            .end = bases_of_genome});
    for (auto _ : state) {
        SequenceReader reader(place, 14);
        Index owned = 0;
        while (const auto stretch = reader.next()) owned += stretch->owned;
        if (owned != bases_of_genome) state.SkipWithError("ERROR: bases are missing");
    }
    state.SetBytesProcessed(state.iterations() * size);
    std::filesystem::remove(path);
}
BENCHMARK(read_fasta);

} // namespace
