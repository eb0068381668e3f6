// SPDX-License-Identifier: MIT
//
// Makes a random genome (FASTA) and a coordinate-sorted BAM of paired reads from it, for examples, tests and
// benchmarks. The reads have what a depth counter must get right: clips, gaps, splices, overlapping mates,
// every flag, stretches without reads and, where asked for, very deep ones. The same options give the same
// bytes.

#include "simulate/options.hpp"
#include "simulate/sequencer.hpp"
#include "simulate/sorted_bam.hpp"

#include <CLI/CLI.hpp>
#include <htslib/faidx.h>

#include <fstream>

namespace {

using namespace simulate;

/// Writes the FASTA and its index.
void write_genome(const std::string& path, const std::vector<Contig>& contigs)
{
    constexpr size_t line_length = 60;
    std::ofstream fasta(path, std::ios::binary);
    for (const Contig& contig : contigs) {
        fasta << '>' << contig.name << '\n';
        const std::string_view bases = contig.bases;
        for (size_t i = 0; i < bases.size(); i += line_length) fasta << bases.substr(i, line_length) << '\n';
    }
    fasta.close();
    require(fasta.good() && fai_build(path.c_str()) == 0, fmt::format("cannot write '{}'", path));
}

void run(Options options)
{
    for (int i = 1; i <= options.many_contigs.first; ++i) {
        options.contigs.push_back({options.many_contigs.second, fmt::format("contig{}", i), {}});
    }
    check(options);
    Random random(options.seed);
    SortedBam bam(options);
    Sequencer sequencer{options, random, bam};
    for (Contig& contig : options.contigs) contig.bases = sequencer.random_bases(contig.length);
    write_genome(options.prefix + ".fa", options.contigs);
    for (int32_t contig = 0; contig < std::ssize(options.contigs); ++contig)
        sequencer.sequence_contig(contig);
    sequencer.add_unaligned_pairs();
    bam.close();
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app(
        "Simulates a genome and sorted paired reads: writes PREFIX.fa, PREFIX.bam and their indexes.");
    app.add_option("PREFIX", options.prefix, "path of the output, without extension")->required();
    app.add_option("--contigs", options.contigs)->delimiter(',')->type_name("NAME:LENGTH,...");
    app.add_option("--many-contigs", options.many_contigs, "so many more")
        ->delimiter(':')
        ->type_name("N:LENGTH");
    app.add_option("--hotspot", options.hotspots, "more depth there; repeatable")
        ->type_name("NAME:START-END:DEPTH");
    app.option_defaults()->always_capture_default();
    app.add_option("--coverage", options.coverage, "mean depth");
    app.add_option("--read-length", options.read_length)->check(CLI::Range(20, 10'000));
    app.add_option("--insert-mean", options.insert_mean);
    app.add_option("--insert-sd", options.insert_sd);
    app.add_option("--seed", options.seed, "other reads for other seeds");
    app.add_flag("--binned-qualities", options.binned_qualities, "like a NovaSeq's; without it, a HiSeq's");
    app.add_option("--level", options.level, "compression level")->check(CLI::Range(0, 9));
    app.add_option("--threads", options.threads, "compression threads")->check(CLI::PositiveNumber);
    hts_set_log_level(HTS_LOG_OFF); // errors are reported once, below
    try {
        app.parse(argc, argv);
        run(std::move(options));
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 1;
    } catch (const std::exception& e) {
        fmt::print(stderr, "simulate_reads: {}\n", e.what());
        return 1;
    }
}
