// SPDX-License-Identifier: MIT
#include "kernels/design.hpp"
#include "kernels/design_triangle.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// Columns of which the first is explained by cosines but for so small a part, and the last is the constant.
Design near_to_cosines(double part)
{
    std::srand(300); // of Eigen's Random
    Design design{.names = {}, .stored = Eigen::MatrixXd::Random(300, 4), .cosines = Cosines::of(300, 30)};
    design.stored.col(3).setOnes();
    design.stored.col(0) =
        design.matrix().middleCols(3, 30) * Eigen::VectorXd::Random(30) + part * design.stored.col(0);
    return design;
}

} // namespace

TEST(DesignTriangle, IsThatOfItsDefinition)
{
    for (const double part : {1.0, 1e-3, 1e-8, 1e-12}) {
        const Design design = near_to_cosines(part);
        const Eigen::MatrixXd cosines = design.matrix().middleCols(3, 30);
        Eigen::MatrixXd q = design.stored;
        const DesignTriangle triangle = decompose(design.cosines, q);
        EXPECT_LT((q.transpose() * q - Eigen::Matrix4d::Identity()).norm(), 1e-14);
        EXPECT_LT((cosines.transpose() * q).norm(), 1e-14) << part;
        const Eigen::MatrixXd product = cosines * triangle.of_cosines + q * triangle.of_rest;
        EXPECT_LT((product - design.stored).norm(), 1e-14 * design.stored.norm());
        EXPECT_TRUE(triangle.of_rest.isUpperTriangular(0));
    }
}

TEST(DesignTriangle, TheOrderOfTheDesign)
{
    const DesignTriangle triangle{.of_cosines = Eigen::MatrixXd(2, 3), .of_rest = Eigen::MatrixXd(3, 3)};
    EXPECT_EQ(triangle.in_order(Eigen::Vector2d(10, 11), Eigen::Vector3d(1, 2, 3)),
              (Eigen::VectorXd{{1, 2, 10, 11, 3}}));
    const DesignTriangle alone{.of_cosines = Eigen::MatrixXd(0, 3), .of_rest = Eigen::MatrixXd(3, 3)};
    EXPECT_EQ(alone.in_order(Eigen::VectorXd(0), Eigen::Vector3d(1, 2, 3)), Eigen::Vector3d(1, 2, 3));
    EXPECT_EQ(alone.columns(), 3);
}
