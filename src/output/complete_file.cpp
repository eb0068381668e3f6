// SPDX-License-Identifier: MIT
#include "output/complete_file.hpp"

#include "base/units.hpp"
#include "h5/columns.hpp"
#include "output/cohort.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace swather::h5 {

Id open_complete(const std::string& path)
{
    if (::access(path.c_str(), R_OK) != 0) throw system_error(Exit::cannot_read, errno, "open", path);
    if (std::filesystem::is_directory(path)) throw system_error(Exit::cannot_read, EISDIR, "open", path);
    Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    if (file < 0 || H5Aexists(file, "encoding-type") <= 0 || H5Aexists(file, "complete") <= 0 ||
        read_text_attribute(file, "encoding-type") != "swather")
        throw Error(Exit::bad_data, "'{}' is not an output file of swather", path);
    if (read_number_attribute(file, "complete") != 1)
        throw Error(Exit::bad_data, "'{}' is not complete: a run was ended while it wrote this file", path)
            .remedy("run the same command again with --resume");
    return file;
}

namespace {

/// The first few samples of a file of several, in words.
std::string first_samples(hid_t file)
{
    constexpr Index most = 5;
    const Id cohort(check(H5Gopen2(file, "/cohort", H5P_DEFAULT), "open /cohort"), H5Gclose);
    const Index all = rows_of(cohort, "name");
    const Texts names = read_texts(cohort, "name", {0, std::min(all, most)});
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i]);
    return all <= most ? text : fmt::format("{} … ({} in all)", text, with_commas(all));
}

} // namespace

Id open_sample(hid_t file, const std::string& path, const std::string& sample)
{
    const auto open = [&](const std::string& group) {
        return Id(check(H5Gopen2(file, group.c_str(), H5P_DEFAULT), "open " + group), H5Gclose);
    };
    const bool has_several = H5Lexists(file, "/samples", H5P_DEFAULT) > 0;
    if (!has_several && sample.empty()) return open("/");
    if (!has_several)
        throw Error(Exit::usage, "--sample {}: '{}' is of one sample", sample, path)
            .remedy("leave --sample out");
    if (sample.empty())
        throw Error(Exit::usage, "'{}' has several samples, and none is named", path)
            .remedy("name one: --sample NAME; they are {}", first_samples(file));
    const std::string group = group_of_sample(sample);
    if (H5Lexists(file, group.c_str(), H5P_DEFAULT) <= 0)
        throw Error(Exit::usage, "--sample {}: '{}' has no such sample", sample, path)
            .remedy("its samples are {}", first_samples(file));
    return open(group);
}

} // namespace swather::h5
