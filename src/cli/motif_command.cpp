// SPDX-License-Identifier: MIT
#include "cli/motif_command.hpp"

#include "cli/options.hpp"
#include "kernels/motif.hpp"
#include "run/run.hpp"
#include "sources/pattern_list.hpp"
#include "sources/sequence.hpp"

#include <map>
#include <set>

namespace swather {

namespace {

const std::map<std::string, MotifStrands> strands_of{
    {"+", MotifStrands::forward}, {"-", MotifStrands::reverse}, {"both", MotifStrands::both}};

struct MotifArguments {
    Sequence::Options sequence;
    std::vector<std::string> patterns; ///< of the command line
    std::vector<std::string> lists;    ///< files of more
    std::string strand = "both";
};

/// Local. All patterns, those of the command line first.
std::vector<MotifPattern> read_patterns(const MotifArguments& given)
{
    std::vector<MotifPattern> patterns;
    for (const std::string& text : given.patterns) patterns.push_back(parse_motif(text));
    for (const std::string& list : given.lists)
        for (const auto& [line, name, letters] : read_pattern_list(list)) {
            try {
                patterns.push_back(name.empty() ? parse_motif(letters) : make_motif(name, letters));
            } catch (const Error& error) {
                throw Error(Exit::bad_data, "line {} of '{}': {}", line, list, error.finding())
                    .remedy("a line is a pattern of up to {} letters of IUPAC, or a name, a blank, a pattern",
                            MotifPattern::longest);
            }
        }
    if (patterns.empty())
        throw Error(Exit::usage, "no pattern is given").remedy("give --pattern GAATTC, or --patterns FILE");
    std::set<std::string_view> names;
    for (const MotifPattern& pattern : patterns)
        if (!names.insert(pattern.name).second)
            throw Error(Exit::usage, "two patterns are called '{}'", pattern.name)
                .remedy("give each a name of its own: --pattern NAME={}", pattern.letters);
    return patterns;
}

/// Collective. The patterns, which root reads.
std::vector<MotifPattern> share_patterns(const Communicator& comm, const MotifArguments& given)
{
    Bytes packed;
    share(comm, [&] {
        for (const auto& [name, letters] : read_patterns(given)) {
            put(packed, std::string_view(name));
            put(packed, std::string_view(letters));
        }
    });
    packed = comm.broadcast(std::move(packed));
    std::vector<MotifPattern> patterns;
    for (BytesReader reader(packed); !reader.at_end();) {
        std::string name = reader.get_string();
        patterns.push_back({.name = std::move(name), .letters = reader.get_string()});
    }
    return patterns;
}

std::string text_of(const std::vector<MotifPattern>& patterns)
{
    std::string text;
    for (const auto& [name, letters] : patterns) text += fmt::format("{}={} ", name, letters);
    return text;
}

} // namespace

Prepare motif_command(CLI::App& command)
{
    auto given = std::make_shared<MotifArguments>();
    command.add_option("input", given->sequence.path, "FASTA of nucleotides, plain or packed by bgzip")
        ->required()
        ->type_name("IN.fa");
    auto* patterns = command.add_option_group("Patterns", "");
    patterns
        ->add_option("-p,--pattern", given->patterns,
                     "A pattern of up to 64 letters of IUPAC, and what its hits are called; repeatable")
        ->type_name("[NAME=]IUPAC")
        ->allow_extra_args(false);
    patterns
        ->add_option("--patterns", given->lists,
                     "A file of more: in each line a pattern, or a name and a pattern; # begins a comment")
        ->type_name("FILE")
        ->allow_extra_args(false);
    patterns
        ->add_option("--strand", given->strand,
                     "Which strand is searched; a pattern that is its own reverse complement is a hit on +")
        ->check(CLI::IsMember(strands_of))
        ->type_name("+|-|both")
        ->capture_default_str();
    auto shared = SharedOptions::add_to(command);

    return [given, shared](const std::string& command_line) -> Action {
        Fingerprint analysis;
        analysis.add("command", "motif");
        analysis.add("--strand", given->strand);
        RunOptions options = shared->options(std::move(analysis));
        options.command_line = command_line;
        given->sequence.hash_whole = options.hash_inputs;

        return [given, options](const Communicator& comm) {
            with_status(comm, options, [&](Status& status) {
                std::vector<MotifPattern> wanted = share_patterns(comm, *given);
                RunOptions with_patterns = options;
                with_patterns.analysis.add("patterns", text_of(wanted));
                const Motif kernel(std::move(wanted), strands_of.at(given->strand));
                given->sequence.look_ahead = kernel.halo();
                Sequence source{given->sequence};
                run(comm, source, kernel, with_patterns, status);
            });
        };
    };
}

} // namespace swather
