// SPDX-License-Identifier: MIT
#include "sources/nifti_writer.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/stop.hpp"
#include "sources/bgzf_writer.hpp"
#include "sources/nifti_format.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace swather {

namespace {

/// What fits of a text, cut between two characters of UTF-8; the field's last byte stays 0.
template <std::size_t Size>
void set_text(std::array<char, Size>& field, std::string_view text)
{
    const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; };
    std::size_t size = std::min(text.size(), Size - 1);
    while (size > 0 && size < text.size() && continues(text[size])) --size;
    std::copy_n(text.begin(), size, field.begin());
}

template <class T, class Value>
void set(T& field, Value value)
{
    field = static_cast<T>(value);
}

template <class T, std::size_t Size>
void set(std::array<T, Size>& fields, const std::array<double, Size>& values)
{
    for (std::size_t i = 0; i < Size; ++i) set(fields[i], values[i]);
}

template <class T>
constexpr NiftiType type_of()
{
    if constexpr (std::is_same_v<T, float>) return NiftiType::float32;
    if constexpr (std::is_same_v<T, double>) return NiftiType::float64;
    if constexpr (std::is_same_v<T, std::uint8_t>) return NiftiType::uint8;
}

template <class Fields>
void set_shape(Fields& fields, const NiftiMap& map)
{
    const std::array shape{Index{map.nt > 1 ? 4 : 3}, map.nx, map.ny, map.nz, map.nt};
    fields.dim.fill(1);
    for (std::size_t i = 0; i < shape.size(); ++i) set(fields.dim[i], shape[i]);

    std::visit(
        [&]<class T>(std::span<const T>) {
            set(fields.datatype, type_of<T>());
            set(fields.bitpix, 8 * sizeof(T));
        },
        map.cells);
    set(fields.scl_slope, 1);
}

template <class Fields>
void set_forms(Fields& fields, const NiftiMap& map)
{
    const std::optional<NiftiQform> qform = map.qform_code > 0 ? qform_of(map.affine) : std::nullopt;
    const bool only_sform = !qform && map.sform_code == 0;
    set(fields.sform_code, only_sform ? map.qform_code : map.sform_code);
    if (fields.sform_code > 0)
        for (std::size_t row = 0; row < 3; ++row) set(fields.srow[row], map.affine[row]);

    const std::array<double, 3> zooms = qform ? zooms_of(map.affine) : map.zooms;
    fields.pixdim.fill(1);
    for (std::size_t axis = 0; axis < 3; ++axis) set(fields.pixdim[axis + 1], zooms[axis]);
    set(fields.pixdim[4], map.nt > 1 ? map.tr : 1);
    set(fields.xyzt_units, nifti_millimetre | nifti_second);
    if (!qform) return;
    set(fields.qform_code, map.qform_code);
    set(fields.pixdim[0], qform->qfac);
    set(fields.quatern, qform->quatern);
    set(fields.qoffset, qform->qoffset);
}

/// The header, and four zeros behind it: no extensions.
template <class Fields>
std::vector<std::byte> front_of(const NiftiMap& map)
{
    constexpr std::size_t size = Fields::bytes + nifti_extension_flag;
    Fields fields{};
    set(fields.sizeof_hdr, Fields::bytes);
    set_text(fields.magic, std::string{'n', nifti_single, '0' + Fields::version});
    if constexpr (Fields::version == 2) fields.eol_check = nifti_eol_check;
    set(fields.vox_offset, size);
    set_shape(fields, map);
    set_forms(fields, map);
    set(fields.intent_code, map.intent.code);
    set(fields.intent_p, map.intent.parameters);
    set_text(fields.intent_name, map.intent.name);
    set_text(fields.descrip, map.descrip);
    std::vector<std::byte> front(size);
    std::memcpy(front.data(), &fields, Fields::bytes);
    return front;
}

std::vector<std::byte> front_of(const NiftiMap& map)
{
    constexpr Index last = std::numeric_limits<std::int16_t>::max();
    const bool fits = std::max({map.nx, map.ny, map.nz, map.nt}) <= last;
    return fits ? front_of<Nifti1Fields>(map) : front_of<Nifti2Fields>(map);
}

std::span<const std::byte> cells_of(const NiftiMap& map)
{
    return std::visit(
        [&](auto cells) {
            if (std::ssize(cells) != map.nx * map.ny * map.nz * map.nt)
                throw Error(Exit::internal, "a map of {} × {} × {} × {} cells has {}", map.nx, map.ny, map.nz,
                            map.nt, cells.size());
            return std::as_bytes(cells);
        },
        map.cells);
}

void append(BgzfWriter& writer, std::span<const std::byte> bytes)
{
    constexpr std::size_t window = 1 << 20;
    while (!bytes.empty()) {
        throw_if_stopped();
        const auto next = bytes.first(std::min(bytes.size(), window));
        writer.write(next);
        bytes = bytes.subspan(next.size());
    }
}

} // namespace

void write_nifti(const std::string& path, const NiftiMap& map)
{
    const bool packed = path.ends_with(".nii.gz");
    if (!packed && !path.ends_with(".nii"))
        throw Error(Exit::usage, "'{}' is no name of a NIfTI image: it must end in .nii.gz or .nii", path);
    const std::span<const std::byte> cells = cells_of(map);
    write_whole(path, [&](const File& file) {
        BgzfWriter writer(file, packed ? "w" : "wu", path);
        append(writer, front_of(map));
        append(writer, cells);
        writer.close();
    });
}

} // namespace swather
