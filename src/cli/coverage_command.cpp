// SPDX-License-Identifier: MIT
#include "cli/coverage_command.hpp"

#include "base/log.hpp"
#include "base/number.hpp"
#include "base/stop.hpp"
#include "base/units.hpp"
#include "cli/option_rules.hpp"
#include "cli/options.hpp"
#include "kernels/coverage.hpp"
#include "run/run.hpp"
#include "sources/flags.hpp"
#include "sources/input_paths.hpp"
#include "sources/make_index.hpp"
#include "sources/reads.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

namespace swather {

namespace {

/// What was asked for, before it is known to make sense.
struct Given {
    Reads::Options reads;
    std::string tool = "depth";
    int min_mapq = 0;
    std::optional<int> min_baseq;
    std::string exclude_flags;
    std::string include_flags;
    std::vector<std::string> read_groups;
    bool count_deletions = false;
    bool count_skips = false;
    bool count_orphans = false;
    bool no_baq = false;
    std::string overlaps;
    bool fragments = false;
    std::optional<std::string> longest_fragment;
    bool index = false;
    std::string names = "header";
    std::optional<std::string> by;
    std::string thresholds;
    bool no_per_base = false;
};

constexpr Index most_of_fragment = 10'000'000;

/// What --by names: windows of a size, or a BED.
void take_by(Given& given)
{
    if (!given.by) return;
    RegionOptions& by = given.reads.by;
    if (given.by->empty()) throw Error(Exit::usage, "--by '' names no BED and no size of windows");
    // "500" and "4k" are sizes; a BED of such a name can be given as ./4k.
    const std::size_t digits = std::min(given.by->find_first_not_of("0123456789"), given.by->size());
    const std::string_view suffix = std::string_view(*given.by).substr(digits);
    if (digits > 0 &&
        (suffix.empty() || (suffix.size() == 1 && std::isalpha(static_cast<unsigned char>(suffix[0])))))
        by.window = parse_size("--by", *given.by, 1000);
    else
        by.bed = *given.by;
    if (by.window > 0 && (by.only || by.skip_unknown))
        throw Error(Exit::usage, "{} is about the regions of a BED, and --by {} are windows",
                    by.only ? "--regions-only" : "--skip-unknown", *given.by);
    if (by.only && !given.reads.regions.empty())
        throw Error(Exit::usage,
                    "--regions-only does not go with --region: both say where reads are counted");
}

/// Depths, ascending and each once.
std::vector<Index> thresholds_of(const std::string& list)
{
    std::set<Index> thresholds;
    for (std::string_view rest = list; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
        const Number number = parse_number(one);
        if (number.kind != Number::Kind::integer || number.integer < 0)
            throw Error(Exit::usage, "--thresholds '{}': '{}' is no depth", list, one)
                .remedy("whole numbers with commas: --thresholds 1,10,30");
        thresholds.insert(number.integer);
    }
    return {thresholds.begin(), thresholds.end()};
}

CoverageWanted wanted_of(const Given& given)
{
    return {.per_base = !given.no_per_base,
            .regions = given.by.has_value(),
            .region_histogram = !given.reads.by.bed.empty(),
            .thresholds = thresholds_of(given.thresholds)};
}

/// Fragments count whole: what is about bases, gaps and mates does not go with them.
Index longest_fragment_of(const Given& given)
{
    if (!given.fragments) return 0;
    if (given.tool != "depth" || given.min_baseq || given.count_deletions || given.count_skips ||
        !given.overlaps.empty())
        throw Error(Exit::usage, "--fragments does not go with --count-like, --min-baseq, --count-deletions, "
                                 "--count-skips or --overlaps")
            .remedy("a fragment counts once on each of its positions, whatever the reads have there");
    const Index longest = parse_size("--longest-fragment", given.longest_fragment.value_or("2000"), 1000);
    if (longest > most_of_fragment)
        throw Error(Exit::usage, "--longest-fragment {}: there are none so long", longest)
            .remedy("at most {}: each block is read with so many positions around it", most_of_fragment);
    return longest;
}

CountRules rules_of(const Given& given)
{
    CountRules rules = CountRules::like(given.tool);
    rules.min_mapq = given.min_mapq;
    rules.min_baseq = given.min_baseq.value_or(rules.min_baseq);
    rules.exclude_flags |= parse_flags("--exclude-flags", given.exclude_flags);
    rules.include_flags = parse_flags("--include-flags", given.include_flags);
    rules.read_groups = given.read_groups;
    rules.deletions = rules.deletions || given.count_deletions;
    rules.skips = rules.skips || given.count_skips;
    rules.orphans = rules.orphans || given.count_orphans;
    const bool is_pileup = given.tool == "mpileup";
    if (given.count_orphans && !is_pileup)
        throw Error(Exit::usage, "--count-orphans does not go with --count-like {}, which counts them anyway",
                    given.tool)
            .remedy("leave it out, or take --count-like mpileup");
    if (given.no_baq && (!is_pileup || given.reads.wanted.reference.empty()))
        throw Error(Exit::usage, "--no-baq goes with --count-like mpileup and --reference only")
            .remedy("leave it out: no qualities are lowered");
    if (given.overlaps == "twice") rules.overlaps = Overlaps::twice;
    if (given.overlaps == "once" && rules.overlaps == Overlaps::twice) rules.overlaps = Overlaps::once;
    rules.longest_fragment = longest_fragment_of(given);
    if (rules.spans && rules.min_baseq > 0)
        throw Error(Exit::usage, "--min-baseq does not go with --count-like {}, which looks at no bases",
                    given.tool)
            .remedy("take --count-like mosdepth --count-deletions --count-skips --overlaps twice");
    return rules;
}

void tell(const CountRules& rules, Fingerprint& analysis)
{
    analysis.add("--min-mapq", std::to_string(rules.min_mapq));
    analysis.add("--min-baseq", std::to_string(rules.min_baseq));
    analysis.add("--exclude-flags", fmt::format("{:#x}", rules.exclude_flags));
    analysis.add("--include-flags", fmt::format("{:#x}", rules.include_flags));
    analysis.add("--read-group", fmt::format("{}", fmt::join(rules.read_groups, "\t")));
    analysis.add("gaps", rules.spans
                             ? "all"
                             : fmt::format("{}{}", rules.deletions ? "D" : "", rules.skips ? "N" : ""));
    analysis.add("--fragments", std::to_string(rules.longest_fragment));
    analysis.add("orphans", rules.orphans ? "yes" : "no");
    analysis.add("absent bases", rules.absent_bases ? "yes" : "no");
    analysis.add("overlaps", fmt::format("{}", static_cast<int>(rules.overlaps)));
}

void tell(const CoverageWanted& results, const RegionOptions& by, Fingerprint& analysis)
{
    analysis.add("--by", by.window > 0 ? std::to_string(by.window) : by.bed.empty() ? "nothing" : "a BED");
    analysis.add("--thresholds", fmt::format("{}", fmt::join(results.thresholds, ",")));
    analysis.add("--regions-only", by.only ? "yes" : "no");
    analysis.add("--skip-unknown", by.skip_unknown ? "yes" : "no");
    analysis.add("--no-per-base", results.per_base ? "no" : "yes");
}

/// Which samples there are, in their order.
void tell_samples(const Reads::Options& reads, Fingerprint& analysis)
{
    std::vector<std::string> paths;
    for (const std::string& path : reads.paths) {
        std::error_code untraceable; // the survey tells why
        const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, untraceable);
        paths.push_back(untraceable ? path : canonical.string());
    }
    analysis.add("samples", fmt::format("{}", fmt::join(paths, " | ")));
    analysis.add("--names", reads.names_of_files ? "file" : "header");
}

/// Collective. Makes the indexes that are missing, each rank some of them.
void make_indexes(const Communicator& comm, const Reads::Options& reads)
{
    const bool goes_on = Reads(reads).goes_on();
    agree(comm, [&] {
        for (std::size_t i = static_cast<std::size_t>(comm.rank()); i < reads.paths.size();
             i += static_cast<std::size_t>(comm.size())) {
            throw_if_stopped();
            try {
                make_index(reads.paths[i]);
            } catch (const Error& error) { // what is wrong the survey tells once more
                if (!goes_on || !is_of_input(error)) throw;
                spdlog::warn("{}", error.finding());
            }
        }
    });
    share(comm, [&] {
        if (!reads.wanted.reference.empty()) make_index(reads.wanted.reference);
    });
}

} // namespace

Prepare coverage_command(CLI::App& command)
{
    auto given = std::make_shared<Given>();
    command
        .add_option(
            "input", given->reads.paths,
            "A BAM or CRAM sorted by position, its .bai, .csi or .crai beside it; several, or a glob in "
            "quotes: a group for each sample")
        ->required()
        ->type_name("IN.bam");

    command.add_flag("--index", given->index,
                     "Make the indexes that are missing, of the reads and of the reference");

    auto* samples = command.add_option_group("Several samples", "");
    samples
        ->add_option("--names", given->names,
                     "What names a sample: its header (@RG SM; where that has none, its file), or its file")
        ->check(CLI::IsMember({"header", "file"}))
        ->capture_default_str();
    samples->add_flag("--fail-fast", given->reads.fail_fast,
                      "End the run with the first that cannot be used, instead of going on without it");

    auto* reads = command.add_option_group("Reads", "");
    reads
        ->add_option("-r,--region", given->reads.regions,
                     "Only these positions, as samtools writes them; may be repeated")
        ->type_name("CONTIG[:FIRST-LAST]")
        ->allow_extra_args(false);
    reads->add_option("-Q,--min-mapq", given->min_mapq, "Leave out reads of a lower mapping quality")
        ->check(CLI::Range(0, 255))
        ->capture_default_str();
    reads
        ->add_option(
            "-G,--exclude-flags", given->exclude_flags,
            "Leave out reads with any of these flags too (number, 0x number, or names with commas), beside "
            "UNMAP,SECONDARY,QCFAIL,DUP")
        ->type_name("FLAGS");
    reads->add_option("--include-flags", given->include_flags, "Leave out reads with none of these flags")
        ->type_name("FLAGS");
    reads
        ->add_option("--read-group", given->read_groups,
                     "Only the reads of this group (@RG ID); may be repeated")
        ->type_name("ID")
        ->allow_extra_args(false);

    auto* counting = command.add_option_group("What counts", "");
    counting->add_option("--count-like", given->tool, "The rules of a tool; those below change them")
        ->check(CLI::IsMember({"depth", "depth-J", "mosdepth", "mosdepth-fast", "mpileup"}))
        ->capture_default_str();
    counting->add_option("-q,--min-baseq", given->min_baseq, "Leave out bases of a lower quality")
        ->check(CLI::Range(0, 255));
    counting->add_flag("--count-deletions", given->count_deletions, "Count what is deleted in a read");
    counting->add_flag("--count-skips", given->count_skips, "Count what a read skips: introns");
    counting->add_flag("--count-orphans", given->count_orphans,
                       "Count paired reads that are not properly paired, where mpileup would not");
    counting
        ->add_option("--overlaps", given->overlaps,
                     "Count the overlap of the mates of a proper pair so often")
        ->check(CLI::IsMember({"once", "twice"}));
    counting->add_flag("--fragments", given->fragments,
                       "Count the fragments of proper pairs, from end to end, instead of reads");
    counting
        ->add_option("--longest-fragment", given->longest_fragment,
                     "Those of more positions are left out (2000)")
        ->type_name("N");
    counting
        ->add_option(
            "--reference", given->reads.wanted.reference,
            "What the reads were aligned to, its .fai beside it: a CRAM needs it; its bases go into the "
            "file; "
            "with --count-like mpileup, qualities of bases are lowered by their alignment to it (BAQ)")
        ->type_name("REF.fa");
    counting->add_flag("--no-baq", given->no_baq, "Do not lower them, though there is a reference");

    auto* regions = command.add_option_group("Regions", "");
    regions->add_option("--by", given->by, "Sum up the regions of a BED, or windows of so many positions")
        ->type_name("BED|N");
    regions
        ->add_option("--thresholds", given->thresholds,
                     "Of each of them, also count the positions of these depths and more")
        ->type_name("N,N,...");
    regions->add_flag("--regions-only", given->reads.by.only, "Count nothing outside of the BED's regions");
    regions->add_flag("--skip-unknown", given->reads.by.skip_unknown,
                      "Leave out regions of the BED that lie on no contig");
    regions->add_flag("--no-per-base", given->no_per_base, "Do not store the depth of each position");
    set_option_rules(command, {{"--by", "", {"--thresholds", "--regions-only", "--skip-unknown"}},
                               {"--fragments", "", {"--longest-fragment"}}});
    auto shared = SharedOptions::add_to(command);

    return [given, shared](const std::string& command_line) -> Action {
        const CountRules rules = rules_of(*given);
        take_by(*given);
        ReadOptions& wanted = given->reads.wanted;
        const bool has_reference = !wanted.reference.empty();
        const bool realigns = has_reference && given->tool == "mpileup" && !given->no_baq;
        CoverageWanted results = wanted_of(*given);
        results.bases = has_reference && results.per_base;
        const Coverage kernel{rules, results};
        wanted.margin = kernel.margin();
        wanted.names = rules.overlaps != Overlaps::twice || rules.longest_fragment > 0;
        wanted.read_groups = !rules.read_groups.empty();
        wanted.bases = rules.overlaps == Overlaps::by_base;
        wanted.qualities = rules.min_baseq > 0;
        if (realigns) wanted.is_realigned = [rules](const Read& read) { return rules.take(read); };

        Fingerprint analysis;
        analysis.add("command", "coverage");
        given->reads.names_of_files = given->names == "file";
        analysis.add("--region", fmt::format("{}", fmt::join(given->reads.regions, " ")));
        tell(rules, analysis);
        analysis.add("base alignment quality", realigns ? "yes" : "no");
        tell(results, given->reads.by, analysis);
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;
        given->reads.hash_whole = options.hash_inputs;

        return [given, kernel, options](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                Reads::Options inputs = given->reads;
                inputs.paths = share(comm, [&] { return files_of(inputs.paths); });
                if (given->index && !options.rehearses()) make_indexes(comm, inputs);
                RunOptions of_run = options;
                if (inputs.paths.size() > 1) tell_samples(inputs, of_run.analysis);
                Reads source{std::move(inputs)};
                run(comm, source, kernel, of_run, status);
            });
        };
    };
}

} // namespace swather
