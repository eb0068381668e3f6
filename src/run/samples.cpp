// SPDX-License-Identifier: MIT
#include "run/samples.hpp"

#include "base/units.hpp"

#include <map>

namespace swather {

namespace {

/// The lines behind the first stand below it.
std::string indented(const std::string& text)
{
    std::string lines;
    for (const char c : text) lines += c == '\n' ? "\n  " : std::string(1, c);
    return lines;
}

} // namespace

Error error_of_missing(const std::vector<MissingSample>& missing, Index samples,
                       const std::string& what_is_there)
{
    std::string told = fmt::format("{} of {} cannot be used, {}:", with_commas(std::ssize(missing)),
                                   counted(samples, "sample"), what_is_there);
    for (const auto& [name, path, finding, remedy] : missing)
        told += fmt::format("\n  {} ({}): {}{}", name, path, indented(finding), indented(remedy));
    return {Exit::bad_data, Error::no_order, told, ""};
}

void tell_missing(const Communicator& comm, const std::string& path, Index samples)
{
    if (samples == 1) return;
    share(comm, [&] {
        const auto missing = missing_in(path);
        if (missing.empty()) return;
        throw error_of_missing(missing, samples, fmt::format("'{}' is complete without", path))
            .remedy("mend them, or leave them out, and run again with --force");
    });
}

void check_names(const std::vector<Cohort::Sample>& samples)
{
    std::map<std::string, const Cohort::Sample*> taken;
    for (const Cohort::Sample& sample : samples) {
        const auto [place, is_new] = taken.emplace(group_of_sample(sample.name), &sample);
        if (is_new) continue;
        const Cohort::Sample& first = *place->second;
        if (first.path == sample.path)
            throw Error(Exit::usage, "'{}' is given twice", sample.path).remedy("give each sample once");
        throw Error(Exit::usage, "'{}' and '{}' are both of the sample {}", first.path, sample.path,
                    sample.name)
            .remedy("merge the files of one sample (samtools merge), or name samples by their files: "
                    "--names file");
    }
}

} // namespace swather
