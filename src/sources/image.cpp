// SPDX-License-Identifier: MIT
#include "sources/image.hpp"

#include "base/error.hpp"
#include "base/stop.hpp"
#include "base/stopwatch.hpp"
#include "sources/identity.hpp"
#include "sources/input_paths.hpp"
#include "sources/stage.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

namespace swather {

namespace {

/// An axis of space: its coordinates are in mm, from the first voxel on. It must not have the name of a map,
/// as `z` would: xarray opens no group with such a one.
Axis axis_of(const std::string& name, Index size, double zoom)
{
    Axis axis{.name = name, .size = size, .coordinates = {}, .units = "mm"};
    for (Index i = 0; i < size; ++i) axis.coordinates.push_back(zoom * static_cast<double>(i));
    return axis;
}

} // namespace

void Image::survey(const std::string& folder)
{
    series_.emplace(files_of(options_.paths));
    const NiftiHeader& header = series_->header();
    if (header.nx * header.ny > std::numeric_limits<std::int32_t>::max())
        throw Error(Exit::bad_data, "'{}': a slice of {} × {} voxels is more than can be read at once",
                    series_->files.front().path, header.nx, header.ny);
    mask_.emplace(*series_, options_.mask);
    for (const ImageFile& file : series_->files) {
        throw_if_stopped();
        bytes_.push_back(locate(file, folder));
    }
    domain_ = ArrayDomain({axis_of("z_mm", header.nz, header.zooms[2] * header.mm_per_unit),
                           axis_of("y_mm", header.ny, header.zooms[1] * header.mm_per_unit),
                           axis_of("x_mm", header.nx, header.zooms[0] * header.mm_per_unit)},
                          "slice");
}

Image::Bytes Image::locate(const ImageFile& file, const std::string& folder) const
{
    Bytes bytes{.path = file.data, .packing = file.packing, .index = {}};
    Index size = 0;
    switch (file.packing) {
    case Packing::plain:
        size = size_of_input(file.data);
        break;
    case Packing::bgzf:
        bytes.index = TextIndex(file.data);
        size = bytes.index.size();
        break;
    case Packing::gzip: {
        const Staged staged = stage_gzip(file.data, folder);
        bytes = {.path = staged.path, .packing = Packing::plain, .index = {}};
        size = staged.size;
    }
    }
    check_size(file.header, size, file.data);
    return bytes;
}

double Image::weight() const
{
    double bytes = 0;
    for (const ImageFile& file : series_->files) bytes += static_cast<double>(file.header.data_bytes());
    return bytes;
}

Descriptor Image::describe(const Block& block) const
{
    const Box elements = elements_of(block.core);
    ImagePlace place{.elements = elements.size(), .mask = mask_->bits(elements), .pieces = {}};
    double bytes_of_voxel = 0;
    for (std::size_t i = 0; i < series_->files.size(); ++i) {
        place.pieces.push_back(describe(i, block.core));
        const NiftiHeader& header = series_->files[i].header;
        bytes_of_voxel += static_cast<double>(header.nt * header.cell_bytes);
    }
    Descriptor descriptor{.block = block, .where = place.pack()};
    descriptor.block.cost = static_cast<double>(mask_->count(elements)) * bytes_of_voxel;
    return descriptor;
}

ImagePiece Image::describe(std::size_t file, const Box& slices) const
{
    const NiftiHeader& header = series_->files[file].header;
    const Bytes& bytes = bytes_[file];
    const Index slice_bytes = header.nx * header.ny * header.cell_bytes;
    ImagePiece piece;
    piece.path = bytes.path;
    piece.numbers = {.packing = bytes.packing,
                     .format = {header.type, header.swapped, header.slope, header.intercept},
                     .run = series_->run_of_file[file],
                     .volumes = header.nt,
                     .begin = header.data_offset + slices.begin * slice_bytes,
                     .volume_bytes = header.nz * slice_bytes,
                     .slab_bytes = slices.size() * slice_bytes};
    if (bytes.packing == Packing::bgzf)
        for (Index volume = 0; volume < header.nt; ++volume)
            piece.addresses.push_back(
                bytes.index.address_of(piece.numbers.begin + volume * piece.numbers.volume_bytes));
    return piece;
}

std::vector<Identity> Image::identity() const
{
    std::vector<std::string> paths;
    for (const std::string& path : files_of(options_.paths))
        for (const std::string& file : files_of_image(path)) paths.push_back(file);
    if (!options_.mask.path.empty())
        for (const std::string& file : files_of_image(options_.mask.path)) paths.push_back(file);
    paths.insert(paths.end(), options_.companions.begin(), options_.companions.end());
    std::vector<Identity> identities;
    for (const std::string& path : paths) identities.push_back(identify(path, options_.hash_whole));
    return identities;
}

double Image::memory() const
{
    constexpr double batch_and_tile = 6 << 20;
    return batch_and_tile;
}

Image::View Image::read(const Descriptor& descriptor)
{
    const Stopwatch stopwatch(seconds_reading_);
    reader_.emplace(ImagePlace::unpack(descriptor.where));
    return {reader_->elements(), reader_->inside(), reader_->runs(),
            [this](Index most) { return reader_->next_voxels(most); },
            [this] {
                const Stopwatch tile_stopwatch(seconds_reading_);
                return reader_->next_tile();
            }};
}

Supplement Image::supplement(const std::string& group) const
{
    const NiftiHeader& header = series_->header();
    Affine affine = header.affine;
    for (auto& row : std::span(affine).first(3))
        for (double& value : row) value *= header.mm_per_unit;
    std::vector<double> zooms(header.zooms.begin(), header.zooms.end());
    for (double& zoom : zooms) zoom *= header.mm_per_unit;
    Supplement supplement;
    supplement.matrices.push_back(
        {.path = group + "/affine",
         .row_dimension = "affine_row",
         .column_dimension = "affine_column",
         .rows = 4,
         .columns = 4,
         .row =
             [affine](Index number) {
                 const auto& row = affine[static_cast<std::size_t>(number)];
                 return std::vector(row.begin(), row.end());
             },
         .long_name = "from the indices (x, y, z, 1) of a voxel to its place in mm"});
    supplement.tables.push_back({.group = group, .dimension = "space", .rows = 3, .columns = {}});
    supplement.tables.back().columns.push_back(
        {"zooms", std::move(zooms), "size of a voxel along x, y and z", "mm"});
    const auto tell = [&](const char* name, auto value) {
        supplement.attributes.push_back({group, name, value});
    };
    tell("qform_code", Index{header.qform_code});
    tell("sform_code", Index{header.sform_code});
    tell("repetition_time", options_.tr.value_or(header.tr));
    return supplement;
}

} // namespace swather
