// SPDX-License-Identifier: MIT
#include "run/options.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/units.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <filesystem>
#include <map>

namespace swather {

std::string RunOptions::journal() const
{
    const std::filesystem::path out(output);
    if (prints() || only_block || model)
        return fmt::format("{}/swather-{}.journal", scratch.empty() ? "." : scratch, run_id);
    if (scratch.empty()) return output + ".journal";
    // Outputs of one name in many folders, one for each sample say, may share a scratch folder.
    const std::string whole = std::filesystem::absolute(out).lexically_normal();
    const auto hash = static_cast<std::uint32_t>(hash_of(std::as_bytes(std::span(whole))));
    return fmt::format("{}/{}-{:08x}.journal", scratch, out.filename().string(), hash);
}

void RunOptions::check_names() const
{
    const auto place_of = [](const std::string& name) {
        return std::filesystem::absolute(name).lexically_normal().string();
    };
    std::map<std::string, const char*> written;
    if (!output.empty() && !prints()) {
        written.emplace(place_of(output), "-o");
        written.emplace(place_of(output + ".part"), "what is made of -o");
        written.emplace(place_of(output + ".lock"), "the lock of -o");
        written.emplace(place_of(journal()), "the journal of -o");
    }
    for (const auto& [option, name] : {std::pair("--status", status),
                                       {"--timings-csv", timings_csv},
                                       {"--timings-blocks", timings_blocks}}) {
        if (name.empty()) continue;
        const auto [other, is_new] = written.emplace(place_of(name), option);
        if (!is_new) throw Error(Exit::usage, "{} and {} name the same file", option, other->second);
    }
}

void RunOptions::check(bool can_print) const
{
    if (!time_limit.empty() && time_limit != "auto") parse_duration("--time-limit", time_limit);
    if (prints() && !can_print)
        throw Error(Exit::usage, "-o -: the results of this command are no table that could be printed")
            .remedy("name the file to make: -o OUT.h5");
    if (csv && !prints())
        throw Error(Exit::usage, "--csv is of what is printed, and '{}' is to be an HDF5 file", output)
            .remedy("-o - --csv > OUT.csv; or keep the file, and: swather export '{}' --csv OUT.csv", output);
    if (prints() && resume)
        throw Error(Exit::usage, "--resume: what is printed (-o -) leaves nothing to resume from");
    for (const std::string& name : {prints() ? "" : output + ".part", journal()}) {
        struct stat file {};
        if (::lstat(name.c_str(), &file) != 0 && errno == ENAMETOOLONG)
            throw Error(Exit::cannot_create, "'{}' is a name too long for its file system: it has {} bytes",
                        name, std::filesystem::path(name).filename().native().size())
                .remedy("give a shorter -o");
    }
    if (!scratch.empty() && !std::filesystem::is_directory(scratch))
        throw Error(Exit::cannot_create, "the folder '{}' of --scratch is not there", scratch)
            .remedy("mkdir -p '{}'", scratch);
}

std::string RunOptions::way_on() const
{
    if (std::filesystem::exists(journal()))
        return "run the same command again with --resume, on any number of ranks: what is whole is kept";
    return "it had not yet begun to compute, and nothing is kept: run the same command again";
}

AssemblyOptions RunOptions::assembly(Index samples) const
{
    AssemblyOptions assembly{.compress = compress};
    constexpr std::size_t most_views_of_all = 20'000; // some 10 seconds
    assembly.most_views =
        std::min(assembly.most_views, most_views_of_all / static_cast<std::size_t>(samples));
    if (memory) {
        const double room = static_cast<double>(*memory) - process_memory - AssemblyOptions::bytes_of_texts;
        assembly.range_bytes =
            std::clamp(room / AssemblyOptions::copies_of_a_range, 256e3, assembly.range_bytes);
    }
    return assembly;
}

Index RunOptions::block_size_for(Index cells, double bytes, const BlockSizes& sizes) const
{
    if (block_size) return *block_size;
    const double bytes_per_cell = bytes / static_cast<double>(std::max<Index>(cells, 1));
    const double wanted =
        std::min(sizes.wanted_bytes / std::max(bytes_per_cell, 1e-9), static_cast<double>(sizes.largest));
    const auto power_of_two = static_cast<Index>(std::bit_floor(static_cast<std::uint64_t>(wanted)));
    return std::clamp(power_of_two, sizes.smallest, sizes.largest);
}

} // namespace swather
