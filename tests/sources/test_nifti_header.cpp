// SPDX-License-Identifier: MIT
#include "base/error.hpp"
#include "sources/nifti_header.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace swather;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A header made byte by byte, at the places that nifti1.h and nifti2.h give its fields.
class HandMade {
public:
    HandMade(int of_version, bool is_swapped)
        : version(of_version)
        , swapped(is_swapped)
        , bytes(version == 1 ? 348 : 540)
    {
        set<std::int32_t>(0, version == 1 ? 348 : 540);
        magic(version == 1 ? "n+1" : "n+2");
        if (version == 2) std::memcpy(&bytes[8], "\r\n\x1a\n", 4);
        for (int i = 0; i < 8; ++i) dim(i, std::array{4, 5, 6, 7, 8, 0, 0, 0}[static_cast<std::size_t>(i)]);
        datatype(4);
        for (int i = 0; i < 8; ++i)
            pixdim(i, std::array{1, 2, 3, 4, 5, 0, 0, 0}[static_cast<std::size_t>(i)]);
        vox_offset(version == 1 ? 352 : 544);
    }

    template <class T>
    HandMade& set(std::size_t place, T value)
    {
        std::memcpy(&bytes.at(place), &value, sizeof value);
        if (swapped) std::reverse(&bytes.at(place), &bytes.at(place) + sizeof value);
        return *this;
    }
    /// A real field, float in NIfTI-1 and double in NIfTI-2.
    HandMade& real(std::size_t in_1, std::size_t in_2, double value)
    {
        return version == 1 ? set(in_1, static_cast<float>(value)) : set(in_2, value);
    }
    /// A code, 16 bits in NIfTI-1 and 32 in NIfTI-2.
    HandMade& integer(std::size_t in_1, std::size_t in_2, int value)
    {
        return version == 1 ? set(in_1, static_cast<std::int16_t>(value)) : set(in_2, value);
    }
    HandMade& magic(const char* text)
    {
        std::memcpy(&bytes.at(version == 1 ? 344 : 4), text, 4);
        return *this;
    }
    HandMade& dim(int axis, std::int64_t size)
    {
        const auto i = static_cast<std::size_t>(axis);
        return version == 1 ? set(40 + 2 * i, static_cast<std::int16_t>(size)) : set(16 + 8 * i, size);
    }
    HandMade& pixdim(int axis, double size)
    {
        const auto i = static_cast<std::size_t>(axis);
        return real(76 + 4 * i, 104 + 8 * i, size);
    }
    HandMade& datatype(int code) { return set(version == 1 ? 70 : 12, static_cast<std::int16_t>(code)); }
    HandMade& vox_offset(double offset)
    {
        return version == 1 ? set(108, static_cast<float>(offset))
                            : set(168, static_cast<std::int64_t>(offset));
    }
    HandMade& slope(double value) { return real(112, 176, value); }
    HandMade& intercept(double value) { return real(116, 184, value); }
    HandMade& qform_code(int code) { return integer(252, 344, code); }
    HandMade& sform_code(int code) { return integer(254, 348, code); }
    HandMade& quatern(std::size_t i, double value) { return real(256 + 4 * i, 352 + 8 * i, value); }
    HandMade& qoffset(std::size_t i, double value) { return real(268 + 4 * i, 376 + 8 * i, value); }
    HandMade& srow(std::size_t row, std::size_t column, double value)
    {
        return real(280 + 16 * row + 4 * column, 400 + 32 * row + 8 * column, value);
    }
    HandMade& units(int code)
    {
        return version == 1 ? set(123, static_cast<std::uint8_t>(code)) : set(500, code);
    }

    [[nodiscard]] NiftiHeader parse() const { return parse_nifti_header(bytes, "x.nii"); }
    /// What is said of it, once it is sure that it names the file, is the input's fault and has a remedy.
    [[nodiscard]] std::string finding() const
    {
        try {
            static_cast<void>(parse());
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Exit::bad_data);
            EXPECT_NE(error.finding().find("'x.nii'"), std::string::npos) << error.what();
            EXPECT_FALSE(error.remedy().empty()) << error.what();
            return error.finding();
        }
        return "none";
    }

    int version;
    bool swapped;
    std::vector<std::byte> bytes;
};

void expect_in(const std::string& part, const std::string& whole)
{
    EXPECT_NE(whole.find(part), std::string::npos) << "'" << part << "' is not in: " << whole;
}

/// Each test with both versions in both byte orders.
class Nifti : public testing::TestWithParam<std::tuple<int, bool>> {
protected:
    [[nodiscard]] static HandMade made() { return {std::get<0>(GetParam()), std::get<1>(GetParam())}; }
    [[nodiscard]] static bool is_1() { return std::get<0>(GetParam()) == 1; }
};

INSTANTIATE_TEST_SUITE_P(Each, Nifti, testing::Combine(testing::Values(1, 2), testing::Bool()),
                         [](const auto& which) {
                             return fmt::format("version{}{}", std::get<0>(which.param),
                                                std::get<1>(which.param) ? "_swapped" : "");
                         });

} // namespace

TEST_P(Nifti, APlainOne)
{
    const NiftiHeader header = made().parse();
    EXPECT_EQ((std::array{header.nx, header.ny, header.nz, header.nt}), (std::array<Index, 4>{5, 6, 7, 8}));
    EXPECT_EQ(header.type, NiftiType::int16);
    EXPECT_EQ(header.cell_bytes, 2);
    EXPECT_EQ(header.swapped, std::get<1>(GetParam()));
    EXPECT_FALSE(header.is_pair);
    EXPECT_EQ(header.data_offset, is_1() ? 352 : 544);
    EXPECT_EQ(header.data_bytes(), 5 * 6 * 7 * 8 * 2);
    EXPECT_EQ(header.zooms, (std::array<double, 3>{2, 3, 4}));
    EXPECT_EQ(header.tr, 5);
    EXPECT_EQ(header.mm_per_unit, 1);
    // nifti1.h leaves the orientation open; nibabel: x to the left, the origin in the centre of the image.
    EXPECT_EQ(header.affine, (Affine{{{-2, 0, 0, 4}, {0, 3, 0, -7.5}, {0, 0, 4, -12}, {0, 0, 0, 1}}}));
    EXPECT_EQ(header.intent, NiftiIntent{});
    EXPECT_EQ(header.descrip, "");
}

TEST_P(Nifti, AxesThatAreNotThere)
{
    const auto shape = [](HandMade header) {
        const NiftiHeader parsed = header.parse();
        return std::array{parsed.nx, parsed.ny, parsed.nz, parsed.nt};
    };
    EXPECT_EQ(shape(made().dim(0, 3)), (std::array<Index, 4>{5, 6, 7, 1}));
    EXPECT_EQ(shape(made().dim(0, 2)), (std::array<Index, 4>{5, 6, 1, 1}));
    EXPECT_EQ(shape(made().dim(0, 1)), (std::array<Index, 4>{5, 1, 1, 1}));
    EXPECT_EQ(shape(made().dim(0, 5).dim(5, 1)), (std::array<Index, 4>{5, 6, 7, 8}));
    EXPECT_EQ(shape(made().dim(0, 7).dim(5, 1).dim(6, 1).dim(7, 1)), (std::array<Index, 4>{5, 6, 7, 8}));
    EXPECT_EQ(made().dim(0, 3).parse().tr, 0) << "of an image without time";
    // The zooms of axes that are not there do not count.
    EXPECT_EQ(made().dim(0, 1).parse().affine,
              (Affine{{{-2, 0, 0, 4}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}}));
}

TEST_P(Nifti, DimsThatCannotBe)
{
    for (const int axes : {0, 8, -1})
        expect_in(fmt::format("dim[0] = {}", axes), made().dim(0, axes).finding());
    for (const int axis : {1, 2, 3, 4}) {
        expect_in(fmt::format("dim[{}] = 0 in", axis), made().dim(axis, 0).finding());
        expect_in(fmt::format("dim[{}] = -32768 in", axis), made().dim(axis, -32768).finding());
    }
    expect_in("dim[5] = 0", made().dim(0, 5).finding());
    expect_in("5 axes (5 × 6 × 7 × 8 × 2)", made().dim(0, 5).dim(5, 2).finding());
    expect_in("5 axes (5 × 6 × 7 × 1 × 3)", made().dim(0, 5).dim(4, 1).dim(5, 3).finding());
    expect_in("7 axes", made().dim(0, 7).dim(5, 1).dim(6, 1).dim(7, 9).finding());
}

TEST_P(Nifti, AGiantIsNoOverflow)
{
    const std::int64_t most = is_1() ? 32767 : std::int64_t{1} << 20;
    HandMade giant = made();
    for (const int axis : {1, 2, 3, 4}) giant.dim(axis, most);
    if (is_1()) {
        // 32767⁴ · 2 bytes are below 2⁶³, and with 8 bytes still: 9.2e18.
        const NiftiHeader header = giant.datatype(64).parse();
        EXPECT_EQ(header.data_bytes(), 32767LL * 32767 * 32767 * 32767 * 8);
        EXPECT_THROW(check_size(header, std::numeric_limits<Index>::max() - (1LL << 52), "x.nii"), Error);
        expect_in("more than 2⁶³ bytes", giant.vox_offset(0x1p62).finding());
    } else {
        expect_in("more than 2⁶³ bytes", giant.finding());
        const std::int64_t last = std::numeric_limits<std::int64_t>::max();
        expect_in("more than 2⁶³ bytes", made().dim(1, last).finding());
        expect_in("more than 2⁶³ bytes", made().dim(0, 1).dim(1, last / 2).finding()); // and the offset
        EXPECT_EQ(made().dim(0, 1).dim(1, last / 2 - 272).parse().nx, last / 2 - 272);
    }
}

TEST_P(Nifti, AllRealTypes)
{
    const std::vector<std::pair<int, Index>> sizes{{2, 1},   {4, 2},   {8, 4},   {16, 4},   {64, 8},
                                                   {256, 1}, {512, 2}, {768, 4}, {1024, 8}, {1280, 8}};
    for (const auto& [code, size] : sizes) {
        const NiftiHeader header = made().datatype(code).parse();
        EXPECT_EQ(static_cast<int>(header.type), code);
        EXPECT_EQ(header.cell_bytes, size);
    }
    const std::vector<std::pair<int, std::string>> others{
        {1, "bit"},           {32, "complex64"},    {128, "RGB24"},  {1536, "float128"},
        {1792, "complex128"}, {2048, "complex256"}, {2304, "RGBA32"}};
    for (const auto& [code, name] : others)
        expect_in(fmt::format("{} voxels (datatype {})", name, code), made().datatype(code).finding());
    for (const int code : {0, 3, 255, -4, 1025})
        expect_in(fmt::format("datatype = {} in", code), made().datatype(code).finding());
}

TEST_P(Nifti, WhereTheDataBegin)
{
    EXPECT_EQ(made().vox_offset(1000).parse().data_offset, 1000); // behind extensions
    const int first = is_1() ? 352 : 544;
    for (const int offset : {0, 1, first - 1, -16})
        expect_in(fmt::format("vox_offset = {} in", offset), made().vox_offset(offset).finding());
    HandMade pair = made();
    EXPECT_TRUE(pair.magic(is_1() ? "ni1" : "ni2").parse().is_pair);
    EXPECT_EQ(pair.vox_offset(0).parse().data_offset, 0);
    EXPECT_EQ(pair.vox_offset(7).parse().data_offset, 7);
    expect_in("vox_offset = -1 in", pair.vox_offset(-1).finding());
    if (!is_1()) return;
    for (const double offset : {not_a_number, infinity, -infinity, 1e30, 400.5})
        expect_in(fmt::format("vox_offset = {} in", double{static_cast<float>(offset)}),
                  made().vox_offset(offset).finding());
}

TEST_P(Nifti, Scaling)
{
    const auto scaling = [&](double slope, double intercept) {
        const NiftiHeader header = made().slope(slope).intercept(intercept).parse();
        return std::pair(header.slope, header.intercept);
    };
    EXPECT_EQ(scaling(0.5, -3), std::pair(0.5, -3.0));
    EXPECT_EQ(scaling(-2, 0), std::pair(-2.0, 0.0));
    for (const double none : {0.0, -0.0, not_a_number, infinity})
        EXPECT_EQ(scaling(none, 7), std::pair(1.0, 0.0));
    for (const double none : {not_a_number, infinity}) EXPECT_EQ(scaling(3, none), std::pair(3.0, 0.0));
}

TEST_P(Nifti, Units)
{
    const auto tr = [&](int code) { return made().units(code).parse().tr; };
    EXPECT_EQ(tr(0), 5);
    EXPECT_EQ(tr(2 | 8), 5);
    EXPECT_EQ(tr(2 | 16), 5e-3);
    EXPECT_EQ(tr(2 | 24), 5e-6);
    for (const int no_time : {32, 40, 48, 56}) EXPECT_EQ(tr(no_time), 0);
    const auto mm = [&](int code) { return made().units(code).parse().mm_per_unit; };
    EXPECT_EQ(mm(8), 1);
    EXPECT_EQ(mm(1), 1000);
    EXPECT_EQ(mm(2), 1);
    EXPECT_EQ(mm(3 | 8), 1e-3);
}

TEST_P(Nifti, ZoomsAndTimeSteps)
{
    EXPECT_EQ(made().pixdim(1, -2).pixdim(2, 0).parse().zooms, (std::array<double, 3>{2, 1, 4}));
    for (const double size : {not_a_number, infinity})
        expect_in("pixdim[3] = ", made().pixdim(3, size).finding());
    if (!is_1())
        expect_in("pixdim[1] = 1e+300", made().pixdim(1, 1e300).finding()); // times nx it is infinite
    for (const double step : {0.0, -2.0, not_a_number, infinity})
        EXPECT_EQ(made().pixdim(4, step).parse().tr, 0);
}

TEST_P(Nifti, SformBeforeQformBeforeZooms)
{
    HandMade header = made();
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 4; ++column)
            header.srow(row, column, static_cast<double>(10 * row + column));
    header.qform_code(1).sform_code(2);
    const Affine sform{{{0, 1, 2, 3}, {10, 11, 12, 13}, {20, 21, 22, 23}, {0, 0, 0, 1}}};
    EXPECT_EQ(header.parse().affine, sform);
    EXPECT_EQ(header.parse().sform_code, 2);
    EXPECT_EQ(header.parse().qform_code, 1);

    // Without a rotation, and a mirrored third axis:
    header.sform_code(0).pixdim(0, -1).qoffset(0, 7).qoffset(1, 8).qoffset(2, 9);
    EXPECT_EQ(header.parse().affine, (Affine{{{2, 0, 0, 7}, {0, 3, 0, 8}, {0, 0, -4, 9}, {0, 0, 0, 1}}}));
    EXPECT_EQ(header.parse().qform.qfac, -1);
    // Half a turn around x, (0, 1, 0, 0); pixdim[0] that is neither 1 nor -1 is 1:
    header.quatern(0, 1).pixdim(0, 0);
    EXPECT_EQ(header.parse().affine, (Affine{{{2, 0, 0, 7}, {0, -3, 0, 8}, {0, 0, -4, 9}, {0, 0, 0, 1}}}));
    EXPECT_EQ(header.parse().qform, (NiftiQform{{1, 0, 0}, {7, 8, 9}, 1}));

    for (const int unknown : {0, -1, 6, 32767})
        EXPECT_EQ(header.qform_code(unknown).parse().affine, made().parse().affine) << unknown;
}

TEST_P(Nifti, FormsThatAreNone)
{
    EXPECT_EQ(
        made().srow(1, 2, not_a_number).quatern(0, not_a_number).qoffset(1, not_a_number).parse().affine,
        made().parse().affine)
        << "what is not used need not be right";
    expect_in("srow_y[2] = nan", made().sform_code(1).srow(1, 2, not_a_number).finding());
    expect_in("quatern_c = inf", made().qform_code(1).quatern(1, infinity).finding());
    expect_in("qoffset_z = nan", made().qform_code(1).qoffset(2, not_a_number).finding());
    // Squares of float32: 1 + 2e-7 is rounding, 1.01 is not.
    EXPECT_NO_THROW(made().qform_code(1).quatern(0, std::sqrt(1 + 2e-7)).parse());
    expect_in("quatern_b, _c and _d = ", made().qform_code(1).quatern(2, std::sqrt(1.01)).finding());
}

TEST_P(Nifti, Texts)
{
    HandMade header = made();
    std::memcpy(&header.bytes[is_1() ? 148 : 240], std::string(80, 'd').data(), 80); // no 0 at the end
    std::memcpy(&header.bytes[is_1() ? 328 : 508], "faces > houses", 15);
    header.real(56, 80, 37).real(60, 88, 2.5).real(64, 96, not_a_number);
    header.integer(68, 504, 4);
    EXPECT_EQ(header.parse().descrip, std::string(80, 'd'));
    EXPECT_EQ(header.parse().intent,
              (NiftiIntent{.code = NiftiIntent::f, .parameters = {37, 2.5, 0}, .name = "faces > houses"}));
}

TEST_P(Nifti, OtherFiles)
{
    expect_in("no NIfTI image", made().set<std::int32_t>(0, 349).finding());
    expect_in("no NIfTI image", made().set<std::int32_t>(0, -1).finding());
    if (is_1()) {
        expect_in("Analyze 7.5", made().magic("\0\0\0").finding());
        expect_in("'n+2\\x00'", made().magic("n+2").finding());
        expect_in("'n-1\\x00'", made().magic("n-1").finding());
        expect_in("'n+10'", made().magic("n+10").finding());
    } else {
        expect_in("magic = n+1", made().magic("n+1").finding());
        HandMade header = made();
        std::memcpy(&header.bytes[8], "\n\x1a\n\0", 4); // CR lost
        expect_in("transfer as text", header.finding());
        std::memcpy(&header.bytes[8], "\0\0\0\0", 4);
        EXPECT_EQ(header.parse().nx, 5);
    }
}

TEST_P(Nifti, AnyFrontThatIsTooShort)
{
    const HandMade whole = made();
    for (std::size_t size = 0; size < whole.bytes.size(); ++size) {
        HandMade front = whole;
        front.bytes.resize(size);
        expect_in(fmt::format("ends at byte {},", size), front.finding());
    }
    HandMade longer = whole;
    longer.bytes.resize(nifti_header_bytes + 100, std::byte{0xff});
    EXPECT_EQ(longer.parse().nx, 5);
}

TEST_P(Nifti, AFileShorterThanItsHeaderPromises)
{
    const NiftiHeader header = made().parse();
    const Index promised = (is_1() ? 352 : 544) + 5 * 6 * 7 * 8 * 2;
    EXPECT_NO_THROW(check_size(header, promised, "x.nii"));
    EXPECT_NO_THROW(check_size(header, promised + 1, "x.nii"));
    try {
        check_size(header, promised - 1, "x.nii");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Exit::bad_data);
        expect_in("header promises more than 'x.nii' holds", error.finding());
        expect_in(is_1() ? "end at byte 3,712, the file at byte 3,711"
                         : "end at byte 3,904, the file at byte 3,903",
                  error.finding());
    }
}
