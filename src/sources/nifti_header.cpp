// SPDX-License-Identifier: MIT
#include "sources/nifti_header.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"
#include "sources/nifti_format.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace swather {

namespace {

struct TypeName {
    int code;
    const char* name;
    Index bytes; ///< of a voxel; 0: such images are refused
};

constexpr std::array type_names{
    TypeName{1, "bit", 0},           TypeName{2, "uint8", 1},       TypeName{4, "int16", 2},
    TypeName{8, "int32", 4},         TypeName{16, "float32", 4},    TypeName{32, "complex64", 0},
    TypeName{64, "float64", 8},      TypeName{128, "RGB24", 0},     TypeName{256, "int8", 1},
    TypeName{512, "uint16", 2},      TypeName{768, "uint32", 4},    TypeName{1024, "int64", 8},
    TypeName{1280, "uint64", 8},     TypeName{1536, "float128", 0}, TypeName{1792, "complex128", 0},
    TypeName{2048, "complex256", 0}, TypeName{2304, "RGBA32", 0},
};

template <class T>
T in_order(T value, bool swapped)
{
    if (!swapped) return value;
    auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
    std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<T>(bytes);
}

template <std::size_t Size>
std::string text_of(const std::array<char, Size>& field)
{
    return {field.begin(), std::find(field.begin(), field.end(), '\0')};
}

Error ends_early(const std::string& path, std::size_t size, std::size_t needed)
{
    return Error(Exit::bad_data, "'{}' ends at byte {}, inside of its NIfTI header of {}", path, size, needed)
        .remedy("it is truncated or no NIfTI image: copy or make it again");
}

/// One header, field by field.
template <class Fields>
class Parser {
public:
    Parser(std::span<const std::byte> front, bool swapped, const std::string& path)
        : path_(path)
    {
        if (front.size() < Fields::bytes) throw ends_early(path, front.size(), Fields::bytes);
        std::memcpy(&fields_, front.data(), Fields::bytes);
        header_.swapped = swapped;
    }

    NiftiHeader parse() &&
    {
        read_magic();
        read_shape();
        read_type();
        read_data_offset();
        check_data_bytes();
        read_scaling();
        read_zooms_and_tr();
        read_affine();
        header_.intent = {.code = static_cast<int>(integer(fields_.intent_code)),
                          .parameters = reals_or_zero(fields_.intent_p),
                          .name = text_of(fields_.intent_name)};
        header_.descrip = text_of(fields_.descrip);
        return std::move(header_);
    }

private:
    template <class T>
    [[nodiscard]] Index integer(T field) const
    {
        return in_order(field, header_.swapped);
    }

    template <class T>
    [[nodiscard]] double real(T field) const
    {
        return static_cast<double>(in_order(field, header_.swapped));
    }

    template <class T>
    [[nodiscard]] std::array<double, 3> reals_or_zero(const std::array<T, 3>& fields) const
    {
        std::array<double, 3> reals{};
        for (std::size_t i = 0; i < 3; ++i)
            if (const double value = real(fields[i]); std::isfinite(value)) reals[i] = value;
        return reals;
    }

    /// Of a real that has to be one. What is beyond float32 is damage, and products of it would overflow.
    template <class T>
    double finite(T field, const std::string& name) const
    {
        const double value = real(field);
        if (!(std::abs(value) <= std::numeric_limits<float>::max()))
            throw wrong(name, value, "a finite number within float32");
        return value;
    }

    template <class Value>
    [[nodiscard]] Error wrong(std::string_view field, const Value& value, std::string_view allowed) const
    {
        return Error(Exit::bad_data, "'{}' has {} = {} in its NIfTI header, which must be {}", path_, field,
                     value, allowed)
            .remedy("the file is damaged or was written wrong: make it again, or mend this field "
                    "(nifti_tool -mod_hdr, of Debian's nifti-bin, can)");
    }

    void read_magic()
    {
        const std::string_view magic(fields_.magic.data(), fields_.magic.size());
        constexpr char version = '0' + Fields::version;
        const bool is_nifti = magic[0] == 'n' && magic[2] == version && magic[3] == '\0';
        if (!is_nifti || (magic[1] != nifti_single && magic[1] != nifti_pair)) throw not_nifti(magic);
        header_.is_pair = magic[1] == nifti_pair;
        if constexpr (Fields::version == 2) {
            // nibabel takes zeros too: writers have left it out.
            if (fields_.eol_check != nifti_eol_check && fields_.eol_check != std::array<char, 4>{})
                throw Error(Exit::bad_data,
                            "'{}' was changed on its way: bytes 8 to 11 are not those by which NIfTI-2 tells "
                            "a transfer as text",
                            path_)
                    .remedy("copy it again, as binary");
        }
    }

    [[nodiscard]] Error not_nifti(std::string_view magic) const
    {
        if constexpr (Fields::version == 1)
            return Error(Exit::bad_data,
                         "'{}' is an Analyze 7.5 image or damaged: bytes 344 to 347 are '{}', where NIfTI-1 "
                         "has 'n+1' or 'ni1'",
                         path_, printable(magic))
                .remedy("Analyze 7.5 images do not tell left from right: convert it to NIfTI (nib-convert, "
                        "of nibabel, can), and look at it");
        else
            return wrong("magic", printable(magic), "'n+2' or 'ni2'");
    }

    void read_shape()
    {
        const Index axes = integer(fields_.dim[0]);
        if (axes < 1 || axes > 7) throw wrong("dim[0]", axes, "from 1 to 7");
        std::vector<Index> shape;
        for (Index axis = 1; axis <= axes; ++axis) {
            shape.push_back(integer(fields_.dim[static_cast<std::size_t>(axis)]));
            if (shape.back() < 1) throw wrong(fmt::format("dim[{}]", axis), shape.back(), "1 or more");
        }
        const auto beyond = shape.begin() + std::min<Index>(axes, 4);
        if (std::any_of(beyond, shape.end(), [](Index size) { return size > 1; }))
            throw Error(Exit::bad_data, "'{}' has {} axes ({}): only x, y, z and time can be read", path_,
                        axes, fmt::join(shape, " × "))
                .remedy("split it along the others, or put what runs along them on the fourth axis");
        axes_ = axes;
        shape.resize(4, 1);
        header_.nx = shape[0];
        header_.ny = shape[1];
        header_.nz = shape[2];
        header_.nt = shape[3];
    }

    void read_type()
    {
        const Index code = integer(fields_.datatype);
        const auto type = std::find_if(type_names.begin(), type_names.end(),
                                       [&](const TypeName& one) { return one.code == code; });
        if (type == type_names.end()) throw wrong("datatype", code, "one that NIfTI defines");
        if (type->bytes == 0)
            throw Error(Exit::bad_data, "'{}' is of {} voxels (datatype {}): only real ones can be read",
                        path_, type->name, code)
                .remedy("make an image of magnitudes, of one channel, or of float64");
        header_.type = static_cast<NiftiType>(type->code);
        header_.cell_bytes = type->bytes;
    }

    void read_data_offset()
    {
        const std::size_t behind_header = Fields::bytes + nifti_extension_flag;
        const auto first = header_.is_pair ? Index{0} : static_cast<Index>(behind_header);
        if constexpr (Fields::version == 1) {
            const double offset = real(fields_.vox_offset);
            constexpr double last = 0x1p62; // any that an int64 holds: the size of the data decides
            if (!(offset >= static_cast<double>(first) && offset <= last && offset == std::trunc(offset)))
                throw wrong("vox_offset", offset, fmt::format("a whole number of bytes, {} or more", first));
            header_.data_offset = static_cast<Index>(offset);
        } else {
            header_.data_offset = integer(fields_.vox_offset);
            if (header_.data_offset < first)
                throw wrong("vox_offset", header_.data_offset, fmt::format("{} or more", first));
        }
    }

    void check_data_bytes() const
    {
        Index bytes = header_.cell_bytes;
        bool too_many = false;
        for (const Index size : {header_.nx, header_.ny, header_.nz, header_.nt})
            too_many |= __builtin_mul_overflow(bytes, size, &bytes);
        too_many |= __builtin_add_overflow(bytes, header_.data_offset, &bytes);
        if (too_many)
            throw Error(Exit::bad_data,
                        "'{}' cannot be: its NIfTI header promises {} × {} × {} × {} voxels of {} bytes from "
                        "byte {} on, more than 2⁶³ bytes",
                        path_, header_.nx, header_.ny, header_.nz, header_.nt, header_.cell_bytes,
                        header_.data_offset)
                .remedy("the header is damaged: copy or make it again");
    }

    void read_scaling()
    {
        const double slope = real(fields_.scl_slope);
        if (slope == 0 || !std::isfinite(slope)) return;
        header_.slope = slope;
        const double intercept = real(fields_.scl_inter);
        header_.intercept = std::isfinite(intercept) ? intercept : 0;
    }

    void read_zooms_and_tr()
    {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double zoom =
                std::abs(finite(fields_.pixdim[axis + 1], fmt::format("pixdim[{}]", axis + 1)));
            header_.zooms[axis] = zoom == 0 ? 1 : zoom; // as nibabel
        }
        const Index units = integer(fields_.xyzt_units);
        const Index of_space = units & nifti_units_of_space;
        const Index of_time = units & nifti_units_of_time;
        header_.mm_per_unit = of_space == nifti_metre ? 1e3 : of_space == nifti_micrometre ? 1e-3 : 1;

        // 3D images have anything there, and a fourth axis of hertz, ppm or radians is no time.
        const double step = real(fields_.pixdim[4]);
        if (axes_ < 4 || !std::isfinite(step) || step <= 0) return;
        if (of_time == 0 || of_time == nifti_second) header_.tr = step;
        if (of_time == nifti_millisecond) header_.tr = step / 1e3;
        if (of_time == nifti_microsecond) header_.tr = step / 1e6;
    }

    void read_affine()
    {
        const auto code_or_none = [](Index code) {
            return code >= 1 && code <= 5 ? static_cast<int>(code) : 0;
        };
        header_.sform_code = code_or_none(integer(fields_.sform_code));
        header_.qform_code = code_or_none(integer(fields_.qform_code));
        header_.qform = {.quatern = reals_or_zero(fields_.quatern),
                         .qoffset = reals_or_zero(fields_.qoffset),
                         .qfac = real(fields_.pixdim[0]) == -1 ? -1.0 : 1.0};
        header_.affine = header_.sform_code > 0   ? sform()
                         : header_.qform_code > 0 ? qform()
                                                  : around_centre();
    }

    [[nodiscard]] Affine sform() const
    {
        Affine affine{};
        for (std::size_t row = 0; row < 3; ++row)
            for (std::size_t column = 0; column < 4; ++column)
                affine[row][column] =
                    finite(fields_.srow[row][column], fmt::format("srow_{}[{}]", "xyz"[row], column));
        affine[3][3] = 1;
        return affine;
    }

    [[nodiscard]] Affine qform() const
    {
        for (std::size_t i = 0; i < 3; ++i) {
            finite(fields_.quatern[i], fmt::format("quatern_{}", "bcd"[i]));
            finite(fields_.qoffset[i], fmt::format("qoffset_{}", "xyz"[i]));
        }
        const auto affine = affine_of(header_.qform, header_.zooms);
        if (!affine)
            throw wrong("quatern_b, _c and _d", fmt::format("{}", fmt::join(header_.qform.quatern, ", ")),
                        "of a rotation: the sum of their squares at most 1");
        return *affine;
    }

    /// Neither form: the centre is the origin, and x runs to the left, as in Analyze images.
    [[nodiscard]] Affine around_centre() const
    {
        const std::array sizes{header_.nx, header_.ny, header_.nz};
        Affine affine{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double zoom = static_cast<Index>(axis) < axes_ ? header_.zooms[axis] : 1;
            affine[axis][axis] = axis == 0 ? -zoom : zoom;
            affine[axis][3] = -static_cast<double>(sizes[axis] - 1) / 2 * affine[axis][axis];
        }
        affine[3][3] = 1;
        return affine;
    }

    Fields fields_{};
    const std::string& path_;
    Index axes_ = 0;
    NiftiHeader header_;
};

} // namespace

Element element_of(NiftiType type)
{
    switch (type) {
    case NiftiType::uint8:
        return Element::uint8;
    case NiftiType::int8:
        return Element::int8;
    case NiftiType::int16:
        return Element::int16;
    case NiftiType::uint16:
        return Element::uint16;
    case NiftiType::int32:
        return Element::int32;
    case NiftiType::uint32:
        return Element::uint32;
    case NiftiType::int64:
        return Element::int64;
    case NiftiType::uint64:
        return Element::uint64;
    case NiftiType::float32:
        return Element::float32;
    case NiftiType::float64:
        break;
    }
    return Element::float64;
}

NiftiHeader parse_nifti_header(std::span<const std::byte> front, const std::string& path)
{
    std::int32_t size = 0;
    if (front.size() < sizeof size) throw ends_early(path, front.size(), Nifti1Fields::bytes);
    std::memcpy(&size, front.data(), sizeof size);
    for (const bool swapped : {false, true}) {
        if (in_order(size, swapped) == std::int32_t{Nifti1Fields::bytes})
            return Parser<Nifti1Fields>(front, swapped, path).parse();
        if (in_order(size, swapped) == std::int32_t{Nifti2Fields::bytes})
            return Parser<Nifti2Fields>(front, swapped, path).parse();
    }
    throw Error(Exit::bad_data,
                "'{}' is no NIfTI image: its first four bytes (sizeof_hdr) are {}, in either byte order "
                "neither 348 (NIfTI-1) nor 540 (NIfTI-2)",
                path, size)
        .remedy("name a .nii, .nii.gz, or the .hdr of a pair");
}

void check_size(const NiftiHeader& header, Index bytes_there, const std::string& path)
{
    const Index promised = header.data_offset + header.data_bytes();
    if (bytes_there >= promised) return;
    throw Error(Exit::bad_data,
                "the NIfTI header promises more than '{}' holds: {} × {} × {} × {} voxels of {} bytes from "
                "byte {} on end at byte {}, the file at byte {}",
                path, header.nx, header.ny, header.nz, header.nt, header.cell_bytes, header.data_offset,
                with_commas(promised), with_commas(bytes_there))
        .remedy("it is truncated: copy or make it again");
}

} // namespace swather
