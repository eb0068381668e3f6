// SPDX-License-Identifier: MIT
#pragma once

#include "cli/design_options.hpp"
#include "kernels/b_table.hpp"
#include "mpi/communicator.hpp"
#include "sources/image.hpp"

namespace swather {

/// What the command line of a fit says.
struct FitArguments {
    Image::Options image;
    std::string model;
    bool as_double = false;

    // glm
    std::shared_ptr<DesignArguments> design;
    std::vector<std::string> events;  ///< of each run
    std::vector<std::string> designs; ///< or ready designs
    std::string noise = "ar1";
    std::string scaling = "percent";
    std::vector<std::string> contrasts;
    std::vector<std::string> f_tests;
    std::vector<std::string> maps;

    // tensor
    std::string bvals;
    std::string bvecs;
    std::string weights = "dipy";

    // t2star
    std::vector<double> echo_times;
    double max_t2star = 500;
};

/// What the headers of the images, and the files beside them, say to the model.
struct FitInputs {
    Index volumes = 0; ///< of all runs
    std::vector<Design> designs;
    BTable b_table;
    Eigen::Matrix3d linear = Eigen::Matrix3d::Identity(); ///< from voxels to mm, without the offset
};

/// Collective. Root reads what a model needs to be made, and shares it. `Exit::usage`: a file that the model
/// needs is not named; `Exit::bad_data`: one whose length is not that of the images, and what the readers
/// refuse.
FitInputs read_inputs(const Communicator& comm, const FitArguments& arguments);

} // namespace swather
