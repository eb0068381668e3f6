// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

namespace swather {

/// Local. The thin QR decomposition of a matrix, in its own place: the orthonormal columns of Q, as many as
/// the shorter side of the matrix is long, replace it. Returns the triangle R. Householder's reflections
/// (Golub and Van Loan, Matrix Computations, 5.2), of which Q is formed as LAPACK's DORGQR does it.
Eigen::MatrixXd thin_qr_in_place(Eigen::MatrixXd& matrix);

/// Local. The product of a matrix with a smaller one, which has at most as many columns, in its own place.
void multiply_in_place(Eigen::MatrixXd& matrix, const Eigen::MatrixXd& factor);

} // namespace swather
