// SPDX-License-Identifier: MIT
#include "cli/export_command.hpp"

#include "base/error.hpp"
#include "cli/export_depth.hpp"
#include "cli/export_hits.hpp"
#include "cli/export_nifti.hpp"
#include "cli/export_table.hpp"

namespace swather {

namespace {

constexpr const char* names_of_maps =
    "Names of maps, as those of BIDS and nilearn:\n"
    "  contrast-NAME_stat-{effect,variance,t,F,z,p}_statmap.nii.gz  of a contrast or F test: 'A - B' is "
    "AMinusB\n"
    "  stat-NAME_statmap.nii.gz                                     of the model: beta, mean, fa, flags …\n"
    "  run-N_stat-NAME_statmap.nii.gz                               of one of several runs\n"
    "Where there is no fit a map is 0, and 1 if it is one of p; the map of flags says why. The values of a "
    "tensor, a\n"
    "direction or beta are along the fourth axis, in the order that the field descrip tells.";

} // namespace

Prepare export_command(CLI::App& command)
{
    struct Given {
        std::string path;
        std::string nifti;
        std::string bed;
        std::string csv;
        DepthTargets depth;
        bool force = false;
    };
    auto given = std::make_shared<Given>();
    command.add_option("file", given->path, "An output file of swather")->required()->type_name("FILE.h5");
    auto* targets = command.add_option_group("Targets", "");
    targets->add_option("--nifti", given->nifti, "Every map of a fit as .nii.gz in this folder")
        ->type_name("DIR");
    targets->add_option("--sample", given->depth.sample, "Of a file of several, the one whose depth is meant")
        ->type_name("NAME");
    const auto add_file = [&](const char* name, std::string& target, const char* what, const char* type) {
        targets->add_option(name, target, what)->type_name(type);
    };
    add_file("--bed", given->bed, "Hits of patterns as BED; .gz: by bgzip, with an index of tabix beside it",
             "OUT.bed[.gz]");
    add_file("--csv", given->csv, "The table of transform, counts or motif as CSV; .gz: by bgzip",
             "OUT.csv[.gz]");
    add_file("--bedgraph", given->depth.bedgraph,
             "Depth as bedGraph; .gz: by bgzip, with an index of tabix beside it", "OUT.bg[.gz]");
    add_file("--bigwig", given->depth.bigwig, "Depth as bigWig", "OUT.bw");
    add_file("--tsv", given->depth.tsv,
             "Depth of each position as samtools depth -aa prints it; .gz: by bgzip; -: on stdout",
             "OUT.tsv[.gz]");
    add_file("--mosdepth", given->depth.mosdepth,
             "The files that mosdepth writes: PREFIX.mosdepth.summary.txt, .mosdepth.global.dist.txt, "
             ".per-base.bed.gz …",
             "PREFIX");
    targets
        ->add_option("--quantize", given->depth.quantize,
                     "With --mosdepth: PREFIX.quantized.bed.gz, of these classes of depth")
        ->type_name("0:1:4:…")
        ->needs("--mosdepth");
    command.add_flag("-f,--force", given->force, "Replace files that exist");
    command.footer(names_of_maps);

    return [given](const std::string&) -> Action {
        if (given->nifti.empty() && given->bed.empty() && given->csv.empty() && !given->depth.any())
            throw Error(Exit::usage, "nothing says what '{}' is to be exported to", given->path)
                .remedy("give --nifti DIR of a fit, --bed of motif, --csv of a table, --bedgraph, --bigwig, "
                        "--tsv or "
                        "--mosdepth of coverage");
        if (!given->depth.sample.empty() && !given->depth.any())
            throw Error(Exit::usage, "--sample goes with --bedgraph, --bigwig, --tsv and --mosdepth only");
        return [given](const Communicator&) {
            try {
                if (!given->nifti.empty()) export_nifti(given->path, given->nifti, given->force);
                if (!given->bed.empty()) export_hits(given->path, given->bed, given->force);
                if (!given->csv.empty()) export_table(given->path, given->csv, given->force);
                if (given->depth.any()) export_depth(given->path, given->depth, given->force);
            } catch (const Error& error) {
                if (error.code() != Exit::stopped) throw;
                throw Error(Exit::stopped, "{}", error.finding())
                    .remedy("the files that are there are whole: run the same command again with --force");
            }
        };
    };
}

} // namespace swather
