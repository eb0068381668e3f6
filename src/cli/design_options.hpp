// SPDX-License-Identifier: MIT
#pragma once

#include "cli/option_rules.hpp"
#include "kernels/design.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace swather {

/// What the command line says of how designs are made of events.
struct DesignArguments {
    std::string hrf = "glover";
    std::optional<double> undershoot;
    std::string derivatives = "none";
    std::string drift = "cosine";
    double high_pass = DesignOptions{}.high_pass;
    double min_onset = DesignOptions{}.min_onset;
    double slice_time_ref = DesignOptions{}.slice_time_ref;
    std::vector<std::string> confounds;        ///< a table for each run, or none
    std::vector<std::string> confound_columns; ///< of them; where none is named, all

    /// Local. Adds the options to a command.
    static std::shared_ptr<DesignArguments> add_to(CLI::App& command);
    /// Local. The names of the options.
    static std::vector<std::string> names();
    /// Local. Which of them go with which others of them.
    static std::vector<OptionRule> rules();

    /// Local. Throws `Exit::usage` where one is not what it must be.
    [[nodiscard]] DesignOptions options() const;

    /// Local. The design of run number `run`, from 0 on, of the events of a file. Errors as of options,
    /// read_events, read_design and make_design; those of the last name the files.
    [[nodiscard]] Design design(const std::string& events, std::size_t run, Eigen::Index volumes,
                                double tr) const;
};

/// Local. The columns of a table as they are, a design.tsv or confounds: those that are named, or all.
/// `Exit::cannot_read`: no such file. `Exit::bad_data`, with line and column: what FieldRows refuses, a
/// field that is no number, a column without a name.
Design read_design(const std::string& path, const std::vector<std::string>& columns = {});

} // namespace swather
