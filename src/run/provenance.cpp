// SPDX-License-Identifier: MIT
#include "run/provenance.hpp"

#include "base/hash.hpp"
#include "h5/hdf5.hpp"
#include "mpi/environment.hpp"
#include "output/journal.hpp"
#include "sources/htslib.hpp"
#include "swather_version.hpp"

#include <charconv>
#include <cstdlib>
#include <ctime>

namespace swather {

namespace {

constexpr const char* cells_of_block = "cells of a block";
constexpr const char* hash_of_plan = "the plan of all samples";

} // namespace

Fingerprint fingerprint_of(const RunOptions& options, const std::vector<Identity>& inputs)
{
    Fingerprint fingerprint;
    fingerprint.add("swather", SWATHER_VERSION);
    fingerprint.add(options.analysis);
    for (const Identity& input : inputs) add(fingerprint, input);
    fingerprint.add("--block-size",
                    options.block_size ? std::to_string(*options.block_size) : "as the inputs give it");
    return fingerprint;
}

Fingerprint with_plan(Fingerprint fingerprint, const Plan& plan)
{
    fingerprint.add(cells_of_block, std::to_string(plan.block_size()));
    // A part that could not be read has no blocks, and then those behind it have other ids.
    if (plan.parts().size() > 1) fingerprint.add(hash_of_plan, fmt::format("{:016x}", hash_of(plan.pack())));
    return fingerprint;
}

std::optional<Index> block_size_in(const std::string& journal, const Fingerprint& fingerprint)
{
    const auto there = Journal::fingerprint_in(journal);
    const auto cells = there ? there->value(cells_of_block) : std::nullopt;
    if (!cells) return std::nullopt;
    Fingerprint wanted = fingerprint;
    wanted.add(cells_of_block, *cells);
    if (const auto hash = there->value(hash_of_plan)) wanted.add(hash_of_plan, *hash);
    if (!wanted.differences(*there).empty()) return std::nullopt; // as the journal will tell
    Index size = 0;
    const auto [end, failure] = std::from_chars(cells->data(), cells->data() + cells->size(), size);
    return failure == std::errc() && size > 0 ? std::optional(size) : std::nullopt;
}

std::vector<std::pair<std::string, std::string>> versions()
{
    return {{"swather", SWATHER_VERSION},
            {"MPI", Environment::version()},
            {"HDF5", hdf5_version()},
            {"htslib", htslib_version()}};
}

std::vector<std::string> paths_of(const std::vector<Identity>& inputs)
{
    std::vector<std::string> paths;
    for (const Identity& input : inputs) paths.push_back(input.path);
    return paths;
}

std::string time_stamp()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

Provenance provenance_of(const Communicator& comm, const Nodes& nodes, const RunOptions& options,
                         const Fingerprint& fingerprint, const std::vector<Identity>& inputs,
                         const Plan& plan, const std::string& started)
{
    Provenance provenance;
    auto& facts = provenance.facts;
    facts.emplace_back("command_line", options.command_line);
    facts.emplace_back("fingerprint", fingerprint.to_json());
    facts.emplace_back("block_size", std::to_string(plan.block_size()));
    for (const auto& [name, version] : versions()) facts.emplace_back(name + "_version", version);
    facts.emplace_back("compress", std::to_string(options.compress));
    facts.emplace_back("ranks", std::to_string(comm.size()));
    facts.emplace_back("hosts", fmt::format("{}", fmt::join(nodes.names(), " ")));
    facts.emplace_back("started", started);
    facts.emplace_back("finished", time_stamp());
    for (const char* name : {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_NAME"})
        if (const char* value = std::getenv(name)) facts.emplace_back(name, value);

    std::vector<Index> sizes;
    std::vector<std::string> modified;
    std::vector<std::string> hashes;
    for (const Identity& input : inputs) {
        sizes.push_back(input.size);
        modified.push_back(input.modified);
        hashes.push_back(input.hash);
    }
    provenance.inputs = {{"path", paths_of(inputs), "absolute path", ""},
                         {"size", std::move(sizes), "size of the file", "byte"},
                         {"modified", std::move(modified), "time of its last change, seconds since 1970", ""},
                         {"xxh3", std::move(hashes),
                          options.hash_inputs
                              ? "XXH3, 64 bits, of the whole file"
                              : "XXH3, 64 bits, of its first and last 64 KiB (of an index: of all of it)",
                          ""}};
    return provenance;
}

void throw_if_changed(const std::vector<Identity>& then, const std::vector<Identity>& now)
{
    for (std::size_t i = 0; i < then.size(); ++i)
        if (i >= now.size() || !(then[i] == now[i]))
            throw Error(Exit::bad_data, "the input '{}' changed during the run: nothing was published",
                        then[i].path)
                .remedy("run again when nobody writes to it");
}

} // namespace swather
