// SPDX-License-Identifier: MIT
#pragma once

namespace swather {

/// The tails of a statistic, as probabilities.
struct Tails {
    double upper = 0.5; ///< that it is larger: the p of a one-sided test
    double lower = 0.5; ///< that it is smaller
};

/// Local. The tails of Student's t, each exact where it is small. `dof` above 0.
Tails tails_of_t(double t, double dof);
/// Local. The tails of F with `q` and `dof` degrees of freedom.
Tails tails_of_f(double f, double q, double dof);

/// Local. The normal deviate of the same probability, as nilearn 0.10.4 has it: from the upper tail, and
/// where that would be below 0 from the lower one; both clipped to 1e-300 … 1 − 1e-16.
double z_of(const Tails& tails);

} // namespace swather
