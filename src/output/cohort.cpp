// SPDX-License-Identifier: MIT
#include "output/cohort.hpp"

#include "base/stop.hpp"
#include "h5/columns.hpp"
#include "h5/component.hpp"
#include "output/complete_file.hpp"
#include "output/placement.hpp"
#include "output/stored_histogram.hpp"

namespace swather {

namespace {

constexpr const char* missing_group = "/cohort/missing";

h5::Id open_group(hid_t file, const std::string& path)
{
    return {h5::check(H5Gopen2(file, path.c_str(), H5P_DEFAULT), "open " + path), H5Gclose};
}

Table table_of_samples(hid_t file, const Cohort& cohort)
{
    Texts names;
    Texts paths;
    std::vector<Index> positions;
    std::vector<double> means;
    std::vector<Index> covered;
    std::vector<std::vector<Index>> callable(cohort.output.thresholds.size());
    for (const Cohort::Sample& sample : cohort.samples) {
        throw_if_stopped();
        const h5::Id group = open_group(file, group_of_sample(sample.name) + cohort.output.histogram);
        const StoredHistogram histogram(group);
        names.push_back(sample.name);
        paths.push_back(sample.path);
        positions.push_back(histogram.all());
        means.push_back(histogram.mean());
        covered.push_back(histogram.at_least(1));
        for (std::size_t i = 0; i < callable.size(); ++i)
            callable[i].push_back(histogram.at_least(cohort.output.thresholds[i]));
    }
    Table table{.group = "/cohort",
                .dimension = "sample",
                .rows = std::ssize(cohort.samples),
                .columns = {{"name", std::move(names), "name of the sample", ""},
                            {"path", std::move(paths), "its reads, as they were given", ""},
                            {"positions", std::move(positions), "positions that were counted", ""},
                            {"mean_depth", std::move(means), "mean depth of all positions", ""},
                            {"covered_bases", std::move(covered), "positions of depth 1 and more", ""}}};
    for (std::size_t i = 0; i < callable.size(); ++i) {
        const Index threshold = cohort.output.thresholds[i];
        table.columns.push_back({fmt::format("at_least_{}", threshold), std::move(callable[i]),
                                 fmt::format("callable: positions of depth {} and more", threshold), ""});
    }
    return table;
}

Table table_of_missing(const std::vector<MissingSample>& all)
{
    Texts names;
    Texts paths;
    Texts findings;
    Texts remedies;
    for (const MissingSample& one : all) {
        names.push_back(one.name);
        paths.push_back(one.path);
        findings.push_back(one.finding);
        remedies.push_back(one.remedy);
    }
    return {.group = missing_group,
            .dimension = "missing_sample",
            .rows = std::ssize(all),
            .columns = {{"name", std::move(names), "name of the sample, or of its file", ""},
                        {"path", std::move(paths), "its reads, as they were given", ""},
                        {"finding", std::move(findings), "why it is missing", ""},
                        {"remedy", std::move(remedies), "what to do about it", ""}}};
}

VirtualMatrix matrix_of_regions(const Cohort& cohort)
{
    VirtualMatrix matrix{.path = "/cohort/region_mean",
                         .row_dimension = "sample",
                         .column_dimension = "region",
                         .rows = {},
                         .columns = *cohort.regions,
                         .long_name = "mean depth of each region, in the order of the regions of a sample"};
    for (const Cohort::Sample& sample : cohort.samples)
        matrix.rows.push_back(group_of_sample(sample.name) + cohort.output.region_mean);
    return matrix;
}

} // namespace

std::string group_of_sample(const std::string& name) { return "/samples/" + path_component(name); }

Content cohort_content(const PlacedFile& placed, const Cohort& cohort)
{
    Content content;
    content.tables.push_back(table_of_samples(placed.id(), cohort));
    if (!cohort.missing.empty()) content.tables.push_back(table_of_missing(cohort.missing));
    content.attributes.push_back({"/cohort", "missing", std::ssize(cohort.missing)});
    if (cohort.regions) content.virtual_matrices.push_back(matrix_of_regions(cohort));
    return content;
}

std::vector<MissingSample> missing_in(const std::string& path)
{
    return h5::in_complete(path, [&] {
        std::vector<MissingSample> missing;
        const h5::Id file = h5::open_complete(path);
        for (const char* group : {"/cohort", missing_group})
            if (H5Lexists(file, group, H5P_DEFAULT) <= 0) return missing;
        const h5::Id group = open_group(file, missing_group);
        const Box rows{0, h5::rows_of(group, "name")};
        const auto texts = [&](const char* name) { return h5::read_texts(group, name, rows); };
        const Texts names = texts("name");
        const Texts paths = texts("path");
        const Texts findings = texts("finding");
        const Texts remedies = texts("remedy");
        for (std::size_t i = 0; i < names.size(); ++i)
            missing.push_back({std::string(names[i]), std::string(paths[i]), std::string(findings[i]),
                               std::string(remedies[i])});
        return missing;
    });
}

} // namespace swather
