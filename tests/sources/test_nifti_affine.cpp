// SPDX-License-Identifier: MIT
#include "sources/nifti_affine.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace swather;

TEST(NiftiAffine, AThirdOfATurnAroundTheDiagonal)
{
    // x → y → z → x: cos 60° = sin 60° / √3 = ½ in all four numbers of the quaternion.
    const Affine affine{{{0, 0, 4, 7}, {2, 0, 0, 8}, {0, 3, 0, 9}, {0, 0, 0, 1}}};
    const NiftiQform qform{{0.5, 0.5, 0.5}, {7, 8, 9}, 1};
    const auto there = affine_of(qform, {2, 3, 4});
    ASSERT_TRUE(there);
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t column = 0; column < 4; ++column)
            EXPECT_NEAR((*there)[row][column], affine[row][column], 1e-15);
    const auto back = qform_of(affine);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->qoffset, qform.qoffset);
    EXPECT_EQ(back->qfac, 1);
    for (const double part : back->quatern) EXPECT_NEAR(part, 0.5, 1e-15);
    EXPECT_EQ(zooms_of(affine), (std::array<double, 3>{2, 3, 4}));
}

TEST(NiftiAffine, WhatNoQuaternionTells)
{
    const Affine straight{{{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, -2, 0}, {0, 0, 0, 1}}};
    ASSERT_TRUE(qform_of(straight));
    EXPECT_EQ(qform_of(straight)->qfac, -1);
    Affine shear = straight;
    shear[0][1] = 0.01;
    EXPECT_FALSE(qform_of(shear));
    shear[0][1] = 1e-6; // what float32 leaves of a rotation
    EXPECT_TRUE(qform_of(shear));
    Affine flat = straight;
    flat[2][2] = 0;
    EXPECT_FALSE(qform_of(flat));
    flat[2][2] = std::nan("");
    EXPECT_FALSE(qform_of(flat));
    EXPECT_FALSE(affine_of({{0.6, 0.6, 0.6}, {}, 1}, {1, 1, 1}));
    EXPECT_FALSE(affine_of({{std::nan(""), 0, 0}, {}, 1}, {1, 1, 1}));
}
