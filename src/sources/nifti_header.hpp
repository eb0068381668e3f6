// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"
#include "grid/element.hpp"
#include "sources/nifti_affine.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace swather {

/// What voxels are stored as; the numbers are those of the field `datatype`. These are all real types of
/// NIfTI but float128.
enum class NiftiType {
    uint8 = 2,
    int16 = 4,
    int32 = 8,
    float32 = 16,
    float64 = 64,
    int8 = 256,
    uint16 = 512,
    uint32 = 768,
    int64 = 1024,
    uint64 = 1280,
};

/// Local. What the values of a type are in memory.
Element element_of(NiftiType type);

/// What the values of an image are: NIFTI_INTENT_* of nifti1.h.
struct NiftiIntent {
    static constexpr int none = 0;
    static constexpr int t = 3; ///< degrees of freedom
    static constexpr int f = 4; ///< degrees of freedom of numerator and denominator
    static constexpr int z = 5;
    static constexpr int p = 22;

    int code = none;
    std::array<double, 3> parameters{};
    std::string name;

    friend bool operator==(const NiftiIntent&, const NiftiIntent&) = default;
};

/// What a NIfTI header tells, checked: no product of these numbers overflows, and all reals are finite.
struct NiftiHeader {
    Index nx = 1, ny = 1, nz = 1; ///< voxels; x runs fastest in the file
    Index nt = 1;                 ///< volumes; 1 of a 3D image
    NiftiType type = NiftiType::uint8;
    Index cell_bytes = 1;  ///< of one voxel in one volume
    bool swapped = false;  ///< header and data are not in this machine's byte order
    bool is_pair = false;  ///< the data are in the .img, not behind this header
    Index data_offset = 0; ///< of the first voxel in its file
    /// A value is slope · stored + intercept; 1 and 0 where the header asks for no scaling.
    double slope = 1, intercept = 0;
    std::array<double, 3> zooms{1, 1, 1}; ///< size of a voxel, in the unit of the affine
    double tr = 0;                        ///< seconds from volume to volume; 0: the header does not tell
    double mm_per_unit = 1;               ///< of zooms and affine
    Affine affine{};                      ///< the best that the header has: sform, else qform, else zooms
    int sform_code = 0, qform_code = 0;   ///< 0: there is none, else NIFTI_XFORM_* 1 … 5
    NiftiQform qform;
    NiftiIntent intent;
    std::string descrip; ///< bytes of any encoding

    /// Local. Bytes of all voxels of all volumes.
    [[nodiscard]] Index data_bytes() const { return nx * ny * nz * nt * cell_bytes; }
};

/// A header needs no more of the front of its file.
inline constexpr std::size_t nifti_header_bytes = 540;

/// Local. Reads a NIfTI-1 or NIfTI-2 header, of either byte order, from the `front` of a .nii or .hdr file,
/// of which it needs `nifti_header_bytes`, or the whole file. `path` is for messages.
///
/// Where headers are lax it reads as nibabel does: of scalings, affines (get_best_affine), zooms and codes
/// that are none. A fifth axis and those behind it must be 1. Extensions are skipped by `data_offset`.
/// `Exit::bad_data`: any other file, Analyze 7.5 among them; complex, colour, bit and float128 images; dims
/// below 1 or beyond 63 bits of data; data that begin inside of the header; numbers that are none.
NiftiHeader parse_nifti_header(std::span<const std::byte> front, const std::string& path);

/// Local. `Exit::bad_data` where the file of the data, of `bytes_there` once inflated, is shorter than its
/// header promises.
void check_size(const NiftiHeader& header, Index bytes_there, const std::string& path);

} // namespace swather
