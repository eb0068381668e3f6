// SPDX-License-Identifier: MIT
#include "kernels/thin_qr.hpp"

#include <gtest/gtest.h>

using namespace swather;

namespace {

/// Random columns of which the last is the sum of the first two, where there are so many.
Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns)
{
    std::srand(static_cast<unsigned>(rows * 1000 + columns)); // of Eigen's Random
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Random(rows, columns);
    if (columns > 2) matrix.col(columns - 1) = matrix.col(0) + matrix.col(1);
    return matrix;
}

} // namespace

// 48 columns are a panel: less than one, one, one and a bit, many; and more columns than rows.
TEST(ThinQr, IsThatOfItsDefinition)
{
    for (const auto& [rows, columns] : std::vector<std::pair<int, int>>{
             {1, 1}, {7, 3}, {60, 48}, {60, 49}, {50, 50}, {300, 200}, {3, 7}, {60, 100}}) {
        const Eigen::MatrixXd matrix = random_matrix(rows, columns);
        Eigen::MatrixXd q = matrix;
        const Eigen::MatrixXd r = thin_qr_in_place(q);
        const int size = std::min(rows, columns);
        ASSERT_EQ(q.rows(), rows);
        ASSERT_EQ(q.cols(), size);
        EXPECT_LT((q.transpose() * q - Eigen::MatrixXd::Identity(size, size)).norm(), 1e-13 * size);
        EXPECT_LT((q * r - matrix).norm(), 1e-13 * matrix.norm());
        EXPECT_TRUE(r.isUpperTriangular(0)) << rows << " × " << columns;
    }
}

TEST(ThinQr, AProductInTheMatrixItself)
{
    for (const auto& [rows, columns] : std::vector<std::pair<int, int>>{{5, 3}, {256, 3}, {700, 60}}) {
        const Eigen::MatrixXd matrix = random_matrix(rows, columns);
        for (const int narrower : {0, 1, columns}) {
            const Eigen::MatrixXd factor = random_matrix(columns, narrower);
            Eigen::MatrixXd product = matrix;
            multiply_in_place(product, factor);
            ASSERT_EQ(product.rows(), rows);
            ASSERT_EQ(product.cols(), narrower);
            EXPECT_LE((product - matrix * factor).norm(), 1e-13 * (matrix * factor).norm());
        }
    }
}
