// SPDX-License-Identifier: MIT
#include "cli/export_nifti.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/units.hpp"
#include "cli/export_place.hpp"
#include "output/read_maps.hpp"
#include "sources/bids_label.hpp"
#include "sources/nifti_writer.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

namespace swather {

namespace {

namespace fs = std::filesystem;

/// The labels of contrasts and F tests in the names of files: each has its own, also where a file system
/// takes a and A for one.
class Labels {
public:
    /// Local. That of a question: its name's, with a number where another question has it.
    const std::string& of(const MapQuestion& question)
    {
        const auto [found, is_new] = of_group_.try_emplace(question.group);
        if (is_new) found->second = choose(question.name);
        return found->second;
    }

private:
    std::string choose(const std::string& name)
    {
        const std::string wanted = bids_label(name);
        std::string label = wanted;
        for (int number = 2; !taken_.insert(lower(label)).second; ++number)
            label = wanted + std::to_string(number);
        if (label != wanted)
            spdlog::warn("the files of '{}' are contrast-{}_…: another contrast or F test is {}", name, label,
                         wanted);
        return label;
    }

    static std::string lower(std::string text)
    {
        std::transform(text.begin(), text.end(), text.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        return text;
    }

    std::map<std::string, std::string> of_group_;
    std::set<std::string> taken_;
};

/// BIDS has no names for maps of a fit yet: these are those that nilearn gives them.
std::string file_name(const StoredMap& map, Labels& labels)
{
    std::string name;
    if (map.run) name += fmt::format("run-{}_", *map.run);
    if (map.question) name += fmt::format("contrast-{}_", labels.of(*map.question));
    return name + fmt::format("stat-{}_statmap.nii.gz", bids_label(map.name));
}

/// NIFTI_INTENT_SYMMATRIX and _VECTOR are only for images of five axes, which few programs read.
NiftiIntent intent_of(const StoredMap& map)
{
    if (!map.question) return {.name = map.name};
    const MapQuestion& question = *map.question;
    NiftiIntent intent{.name = question.name};
    if (map.name == "t") {
        intent.code = NiftiIntent::t;
        intent.parameters = {question.dof};
    } else if (map.name == "F") {
        intent.code = NiftiIntent::f;
        intent.parameters = {static_cast<double>(question.rows), question.dof};
    } else if (map.name == "z") {
        intent.code = NiftiIntent::z;
    } else if (map.name == "p") {
        intent.code = NiftiIntent::p;
    }
    return intent;
}

std::string description_of(const StoredMap& map)
{
    std::string text = map.long_name;
    if (map.units != "1") text += fmt::format(" ({})", map.units);
    if (!map.labels.empty()) text += ": " + map.labels;
    if (!map.frame.empty()) text += ", " + map.frame;
    return text;
}

template <class T>
void replace_nan(std::vector<T>& cells, T by)
{
    if constexpr (std::is_floating_point_v<T>)
        std::replace_if(
            cells.begin(), cells.end(), [](T value) { return std::isnan(value); }, by);
}

void write(const std::string& target, const MapGeometry& geometry, const StoredMap& map, MapCells cells)
{
    const bool is_p = map.question && map.name == "p";
    std::visit(
        [&]<class T>(std::vector<T>& values) {
            replace_nan(values, static_cast<T>(is_p ? 1 : 0));
            write_nifti(target, {.nx = geometry.nx,
                                 .ny = geometry.ny,
                                 .nz = geometry.nz,
                                 .nt = map.depth,
                                 .cells = std::span<const T>(values),
                                 .affine = geometry.affine,
                                 .sform_code = geometry.sform_code,
                                 .qform_code = geometry.qform_code,
                                 .zooms = geometry.zooms,
                                 .intent = intent_of(map),
                                 .descrip = description_of(map)});
        },
        cells);
}

void make_folder(const std::string& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw system_error(Exit::cannot_create, error.value(), "make the folder", folder);
    check_folder(folder, "--nifti");
}

} // namespace

void export_nifti(const std::string& path, const std::string& folder, bool force)
{
    const StoredMaps stored = list_maps(path);
    make_folder(folder);
    Labels labels;
    std::vector<std::string> targets;
    for (const StoredMap& map : stored.maps) {
        const fs::path target = fs::path(folder) / file_name(map, labels);
        check_place(target, "--nifti", force);
        targets.push_back(target);
    }
    for (std::size_t i = 0; i < targets.size(); ++i)
        write(targets[i], stored.geometry, stored.maps[i], read_map(path, stored.maps[i]));
    spdlog::info("'{}' has the {} of '{}'", folder, counted(std::ssize(targets), "map"), path);
}

} // namespace swather
