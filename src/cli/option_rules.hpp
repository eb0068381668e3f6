// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace swather {

/// Options that say something only beside another: where that has a value, given or by default.
struct OptionRule {
    std::string other;                ///< "--model"
    std::string value;                ///< "glm"; empty: any, but it must be given
    std::vector<std::string> options; ///< "--noise" …
};

/// Local. Lets the command refuse, once its options are read, an option that would say nothing:
/// `Exit::usage`, by the first of the rules that tells. Nor does --print-config print one.
void set_option_rules(CLI::App& command, std::vector<OptionRule> rules);

/// Local. A check of an option: a number from `least` to `most`. (That of CLI11 lets NaN pass.)
CLI::Validator number_from(double least, double most);

} // namespace swather
