// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace swather {

/// The header of NIfTI-1 as it lies in a file, in either byte order: nifti1.h,
/// https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h.
struct Nifti1Fields {
    static constexpr int version = 1;
    static constexpr std::size_t bytes = 348;

    std::int32_t sizeof_hdr;
    std::array<char, 35> of_analyze; ///< data_type to regular, unused
    std::uint8_t dim_info;
    std::array<std::int16_t, 8> dim;
    std::array<float, 3> intent_p;
    std::int16_t intent_code;
    std::int16_t datatype;
    std::int16_t bitpix;
    std::int16_t slice_start;
    std::array<float, 8> pixdim;
    float vox_offset;
    float scl_slope;
    float scl_inter;
    std::int16_t slice_end;
    std::uint8_t slice_code;
    std::uint8_t xyzt_units;
    float cal_max;
    float cal_min;
    float slice_duration;
    float toffset;
    std::int32_t glmax;
    std::int32_t glmin;
    std::array<char, 80> descrip;
    std::array<char, 24> aux_file;
    std::int16_t qform_code;
    std::int16_t sform_code;
    std::array<float, 3> quatern;
    std::array<float, 3> qoffset;
    std::array<std::array<float, 4>, 3> srow;
    std::array<char, 16> intent_name;
    std::array<char, 4> magic;
};
static_assert(sizeof(Nifti1Fields) == Nifti1Fields::bytes && offsetof(Nifti1Fields, dim) == 40 &&
              offsetof(Nifti1Fields, pixdim) == 76 && offsetof(Nifti1Fields, srow) == 280);

/// The header of NIfTI-2: nifti2.h, https://nifti.nimh.nih.gov/nifti-2.
struct Nifti2Fields {
    static constexpr int version = 2;
    static constexpr std::size_t bytes = 540; ///< the compiler adds four behind them

    std::int32_t sizeof_hdr;
    std::array<char, 4> magic;
    std::array<char, 4> eol_check; ///< a transfer as text breaks it
    std::int16_t datatype;
    std::int16_t bitpix;
    std::array<std::int64_t, 8> dim;
    std::array<double, 3> intent_p;
    std::array<double, 8> pixdim;
    std::int64_t vox_offset;
    double scl_slope;
    double scl_inter;
    double cal_max;
    double cal_min;
    double slice_duration;
    double toffset;
    std::int64_t slice_start;
    std::int64_t slice_end;
    std::array<char, 80> descrip;
    std::array<char, 24> aux_file;
    std::int32_t qform_code;
    std::int32_t sform_code;
    std::array<double, 3> quatern;
    std::array<double, 3> qoffset;
    std::array<std::array<double, 4>, 3> srow;
    std::int32_t slice_code;
    std::int32_t xyzt_units;
    std::int32_t intent_code;
    std::array<char, 16> intent_name;
    std::uint8_t dim_info;
    std::array<char, 15> unused;
};
static_assert(offsetof(Nifti2Fields, dim) == 16 && offsetof(Nifti2Fields, pixdim) == 104 &&
              offsetof(Nifti2Fields, srow) == 400 &&
              offsetof(Nifti2Fields, unused) + 15 == Nifti2Fields::bytes);

/// In the magic of a file with header and data, or of a header whose data are in a file of their own.
inline constexpr char nifti_single = '+';
inline constexpr char nifti_pair = 'i';
inline constexpr std::array<char, 4> nifti_eol_check{'\r', '\n', '\x1a', '\n'};

/// Bytes behind the header of a single file that tell whether extensions follow.
inline constexpr std::size_t nifti_extension_flag = 4;

/// Codes of xyzt_units, a sum of one of space and one of time.
inline constexpr int nifti_units_of_space = 0x07;
inline constexpr int nifti_units_of_time = 0x38;
inline constexpr int nifti_metre = 1;
inline constexpr int nifti_millimetre = 2;
inline constexpr int nifti_micrometre = 3;
inline constexpr int nifti_second = 8;
inline constexpr int nifti_millisecond = 16;
inline constexpr int nifti_microsecond = 24;

} // namespace swather
