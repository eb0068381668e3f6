// SPDX-License-Identifier: MIT
#include "sources/image_file.hpp"

#include "base/error.hpp"
#include "sources/stage.hpp"
#include "sources/voxel_values.hpp"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <string_view>

namespace swather {

namespace {

constexpr std::size_t voxels_at_once = 1 << 16;

/// The other file of a pair: "x.img.gz" of "x.hdr", where it is there; none where `path` is no name of a
/// pair.
std::optional<std::string> partner_of(const std::string& path, std::string_view own, std::string_view other)
{
    for (const std::string_view packed : {"", ".gz"}) {
        const std::string ending = std::string(own) + std::string(packed);
        if (!path.ends_with(ending)) continue;
        const std::string stem = path.substr(0, path.size() - ending.size()) + std::string(other);
        for (const std::string& candidate : {stem + std::string(packed), stem, stem + ".gz"})
            if (std::filesystem::exists(candidate)) return candidate;
        throw Error(Exit::cannot_read, "'{}' is one of a pair of files, and '{}' is not there", path,
                    stem + std::string(packed));
    }
    return std::nullopt;
}

std::string header_of(const std::string& path) { return partner_of(path, ".img", ".hdr").value_or(path); }

} // namespace

ImageFile open_image(const std::string& path)
{
    const std::string header = header_of(path);
    ImageFile image{.path = path, .data = header, .packing = packing_of(header), .header = {}};
    const std::string front = front_of_text(header, image.packing, nifti_header_bytes);
    image.header = parse_nifti_header(std::as_bytes(std::span(front)), header);
    if (!image.header.is_pair) return image;
    const auto data = partner_of(header, ".hdr", ".img");
    if (!data)
        throw Error(Exit::bad_data, "'{}' says that its data are in another file, and is no .hdr", header)
            .remedy("name the pair NAME.hdr and NAME.img");
    image.data = *data;
    image.packing = packing_of(*data);
    return image;
}

std::vector<std::string> files_of_image(const std::string& path)
{
    const std::string header = header_of(path);
    if (!header.ends_with(".hdr") && !header.ends_with(".hdr.gz")) return {header};
    return {header, *partner_of(header, ".hdr", ".img")};
}

std::string shape_in_words(const NiftiHeader& header)
{
    return fmt::format("{} × {} × {}", header.nx, header.ny, header.nz);
}

void visit_first_volume(const ImageFile& image,
                        const std::function<void(std::span<const double> values)>& visit)
{
    const NiftiHeader& header = image.header;
    const Index bytes = header.nx * header.ny * header.nz * header.cell_bytes;
    const std::string front =
        front_of_text(image.data, image.packing, static_cast<std::size_t>(header.data_offset + bytes));
    NiftiHeader one_volume = header;
    one_volume.nt = 1;
    check_size(one_volume, std::ssize(front), image.data);
    const auto stored = std::as_bytes(std::span(front)).subspan(static_cast<std::size_t>(header.data_offset));
    const VoxelFormat format{header.type, header.swapped, header.slope, header.intercept};
    const auto voxel_bytes = static_cast<std::size_t>(header.cell_bytes);
    std::vector<std::int32_t> places(voxels_at_once);
    std::iota(places.begin(), places.end(), 0);
    std::vector<double> values(voxels_at_once);
    for (std::size_t begin = 0; begin < stored.size(); begin += voxels_at_once * voxel_bytes) {
        const auto some = std::min(voxels_at_once, (stored.size() - begin) / voxel_bytes);
        gather_values(format, stored.data() + begin, std::span(places).first(some), values.data());
        visit(std::span(values).first(some));
    }
}

} // namespace swather
