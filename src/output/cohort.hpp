// SPDX-License-Identifier: MIT
#pragma once

#include "output/content.hpp"
#include "results/kernel.hpp"

#include <optional>
#include <string>
#include <vector>

namespace swather {

class PlacedFile;

/// A sample that was asked for and is not in a file, and why.
struct MissingSample {
    std::string name;
    std::string path;
    std::string finding;
    std::string remedy;
};

/// The samples of a file, side by side.
struct Cohort {
    struct Sample {
        std::string name;
        std::string path;
    };
    std::vector<Sample> samples; ///< that the file holds, in order
    std::vector<MissingSample> missing;
    CohortOutput output;
    std::optional<Index> regions; ///< of each sample, where all have the same
};

/// Local. The group of a sample: "/samples/NAME".
std::string group_of_sample(const std::string& name);

/// Local. What stands in /cohort, from what the samples have in a file whose chunks are written: a table of
/// them, one of those that are missing, and a matrix of regions, of which no byte is stored twice. `placed`
/// is open.
Content cohort_content(const PlacedFile& placed, const Cohort& cohort);

/// Local. The samples that are missing in a complete file; none where it is of one sample.
std::vector<MissingSample> missing_in(const std::string& path);

} // namespace swather
