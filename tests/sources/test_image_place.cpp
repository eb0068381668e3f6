// SPDX-License-Identifier: MIT
#include "sources/image_place.hpp"

#include <gtest/gtest.h>

using namespace swather;

TEST(ImagePlace, ComesAsItWasSent)
{
    const Index far = Index{5} << 33;
    const ImagePlace sent{.elements = 11,
                          .mask = {0b10110101, 0b101},
                          .pieces = {{.numbers = {.packing = Packing::plain,
                                                  .format = {NiftiType::int16, true, 0.5, -3},
                                                  .run = 0,
                                                  .volumes = 7,
                                                  .begin = far,
                                                  .volume_bytes = far + 1,
                                                  .slab_bytes = 22},
                                      .path = "/data/größe one.nii",
                                      .addresses = {}},
                                     {.numbers = {.packing = Packing::bgzf,
                                                  .format = {NiftiType::float64, false, 1, 0},
                                                  .run = 1,
                                                  .volumes = 3,
                                                  .begin = 352,
                                                  .volume_bytes = 880,
                                                  .slab_bytes = 88},
                                      .path = "two.nii.gz",
                                      .addresses = {0, std::uint64_t{1} << 63, 65'536}}}};
    const ImagePlace got = ImagePlace::unpack(sent.pack());
    EXPECT_EQ(got.elements, 11);
    EXPECT_EQ(got.mask, sent.mask);
    ASSERT_EQ(got.pieces.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        const ImagePiece::Numbers& a = got.pieces[i].numbers;
        const ImagePiece::Numbers& b = sent.pieces[i].numbers;
        EXPECT_EQ(a.packing, b.packing) << i;
        EXPECT_EQ(a.format.type, b.format.type) << i;
        EXPECT_EQ(a.format.swapped, b.format.swapped) << i;
        EXPECT_EQ(a.format.slope, b.format.slope) << i;
        EXPECT_EQ(a.format.intercept, b.format.intercept) << i;
        EXPECT_EQ(a.run, b.run) << i;
        EXPECT_EQ(a.volumes, b.volumes) << i;
        EXPECT_EQ(a.begin, b.begin) << i;
        EXPECT_EQ(a.volume_bytes, b.volume_bytes) << i;
        EXPECT_EQ(a.slab_bytes, b.slab_bytes) << i;
        EXPECT_EQ(got.pieces[i].path, sent.pieces[i].path);
        EXPECT_EQ(got.pieces[i].addresses, sent.pieces[i].addresses);
    }
}

TEST(ImagePlace, OfNothingAtAll)
{
    const ImagePlace got = ImagePlace::unpack(ImagePlace{}.pack());
    EXPECT_EQ(got.elements, 0);
    EXPECT_TRUE(got.mask.empty());
    EXPECT_TRUE(got.pieces.empty());
}
