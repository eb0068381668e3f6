// SPDX-License-Identifier: MIT
#include "kernels/design_triangle.hpp"

#include "kernels/thin_qr.hpp"

namespace swather {

Eigen::MatrixXd DesignTriangle::in_order(const Eigen::MatrixXd& for_cosines,
                                         const Eigen::MatrixXd& for_stored) const
{
    const Eigen::Index before = first_cosine();
    Eigen::MatrixXd all(columns(), for_stored.cols());
    all << for_stored.topRows(before), for_cosines, for_stored.bottomRows(stored() - before);
    return all;
}

DesignTriangle decompose(const Cosines& cosines, Eigen::MatrixXd& stored)
{
    DesignTriangle triangle;
    triangle.of_cosines = cosines.take_from(stored);
    triangle.of_rest = thin_qr_in_place(stored);
    if (cosines.columns == 0) return triangle;
    triangle.of_cosines += cosines.take_from(stored) * triangle.of_rest;
    triangle.of_rest = thin_qr_in_place(stored) * triangle.of_rest;
    return triangle;
}

} // namespace swather
