// SPDX-License-Identifier: MIT
#pragma once

#include "kernels/design_triangle.hpp"

#include <Eigen/Core>

#include <span>
#include <string>
#include <string_view>

namespace swather {

/// What is asked of the columns of a design: a t contrast is one row of weights, an F test one or more.
struct Contrast {
    std::string name;     ///< what stands before ':', else all as it is written
    Eigen::MatrixXd rows; ///< rows × columns of the design
};

/// Local. A t contrast: 'A - B', 'mean: (A + B)/2 - 0.5*C', or weights, '1 -1 0' or '1,-1,0', behind which
/// zeros follow. A name that is not of letters, digits, '_' and '.' is quoted, as "my cond", unless it is all
/// that stands there. As the expression_to_contrast_vector of nilearn, where that gives a combination of
/// columns. `Exit::usage` shows the place, what was found there and what was expected.
Contrast parse_contrast(std::string_view text, std::span<const std::string> columns);

/// Local. An F test: 'any: A, B - C' or 'any: 1 0 0, 0 1 -1', a row for each of its contrasts. Errors as of
/// parse_contrast.
Contrast parse_f_test(std::string_view text, std::span<const std::string> columns);

/// Local. Whether the data tell what a contrast asks of a design: its rows, none of which may be zero or
/// follow from the others, are in the row space of the design (Searle 1971). Columns count alike, whatever
/// their units.
bool is_estimable(const DesignTriangle& design, const Eigen::MatrixXd& rows);

} // namespace swather
