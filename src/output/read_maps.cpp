// SPDX-License-Identifier: MIT
#include "output/read_maps.hpp"

#include "base/number.hpp"
#include "base/stop.hpp"
#include "h5/columns.hpp"
#include "output/complete_file.hpp"

#include <hdf5_hl.h>

#include <algorithm>

namespace swather {

namespace {

constexpr const char* maps_group = "/fit";
// z, y and x; a map may have one more axis.
constexpr std::size_t axes_of_space = 3;

h5::Id open_dataset(hid_t file, const std::string& path)
{
    return {h5::check(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open " + path), H5Dclose};
}

bool exists(hid_t file, const std::string& path) { return H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0; }

std::string text_or_none(hid_t object, const char* name)
{
    return H5Aexists(object, name) > 0 ? h5::read_text_attribute(object, name) : "";
}

/// The path of the scale of an axis of a dataset.
std::string scale_of(hid_t dataset, unsigned axis)
{
    std::string path;
    h5::check(H5DSiterate_scales(
                  dataset, axis, nullptr,
                  [](hid_t, unsigned, hid_t scale, void* found) -> herr_t {
                      std::array<char, 1024> name{};
                      H5Iget_name(scale, name.data(), name.size());
                      *static_cast<std::string*>(found) = name.data();
                      return 1;
                  },
                  &path),
              "look at the axes");
    return path;
}

/// The values of a column of text, with commas between them.
std::string joined_column(hid_t group, const std::string& name)
{
    const Texts texts = h5::read_texts(group, name, {0, h5::rows_of(group, name)});
    std::string joined;
    for (std::size_t i = 0; i < texts.size(); ++i) joined += fmt::format("{}{}", i == 0 ? "" : ",", texts[i]);
    return joined;
}

/// What the values of a voxel are: an attribute of the map, or names that stand beside the scale of its axis.
std::string labels_of(hid_t file, hid_t dataset)
{
    if (H5Aexists(dataset, "elements") > 0) return h5::read_text_attribute(dataset, "elements");
    const std::string names = scale_of(dataset, axes_of_space) + "_name";
    return exists(file, names) ? joined_column(file, names) : "";
}

std::optional<MapQuestion> question_of(hid_t file, const std::string& group_path)
{
    const h5::Id group(h5::check(H5Gopen2(file, group_path.c_str(), H5P_DEFAULT), "open " + group_path),
                       H5Gclose);
    if (H5Aexists(group, "dof") <= 0) return {};
    return MapQuestion{.group = group_path,
                       .name = h5::read_text_attribute(group, "long_name"),
                       .rows = static_cast<Index>(h5::sizes_of(open_dataset(group, "row")).at(0)),
                       .dof = h5::read_real_attribute(group, "dof")};
}

/// The 2 of "/fit/runs/2/beta".
std::optional<Index> run_of(const std::string& path)
{
    const std::string runs = fmt::format("{}/runs/", maps_group);
    if (!path.starts_with(runs)) return {};
    return parse_number(path.substr(runs.size(), path.find('/', runs.size()) - runs.size())).integer;
}

StoredMap describe(hid_t file, const std::string& path)
{
    const h5::Id dataset = open_dataset(file, path);
    const auto sizes = h5::sizes_of(dataset);
    const auto slash = path.rfind('/');
    StoredMap map{.path = path,
                  .name = path.substr(slash + 1),
                  .long_name = h5::read_text_attribute(dataset, "long_name"),
                  .units = h5::read_text_attribute(dataset, "units"),
                  .labels = {},
                  .frame = text_or_none(dataset, "frame"),
                  .question = question_of(file, path.substr(0, slash)),
                  .run = run_of(path)};
    if (sizes.size() > axes_of_space) {
        map.depth = static_cast<Index>(sizes[axes_of_space]);
        map.labels = labels_of(file, dataset);
    }
    return map;
}

/// The paths of all datasets that are a value, or several, for each voxel.
std::vector<std::string> paths_of_maps(hid_t file)
{
    const auto look_at = [](hid_t group, const char* name, const H5O_info_t* info, void* found) -> herr_t {
        if (info->type != H5O_TYPE_DATASET) return 0;
        const h5::Id dataset(H5Dopen2(group, name, H5P_DEFAULT), H5Dclose);
        const h5::Id space(H5Dget_space(dataset), H5Sclose);
        const auto axes = static_cast<std::size_t>(H5Sget_simple_extent_ndims(space));
        if (axes == axes_of_space || axes == axes_of_space + 1)
            static_cast<std::vector<std::string>*>(found)->push_back(fmt::format("{}/{}", maps_group, name));
        return 0;
    };
    const h5::Id group(h5::check(H5Gopen2(file, maps_group, H5P_DEFAULT), "open the maps"), H5Gclose);
    std::vector<std::string> paths;
    h5::check(H5Ovisit2(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, look_at, &paths, H5O_INFO_BASIC),
              "list the maps");
    return paths;
}

MapGeometry geometry_of(hid_t file, const std::vector<hsize_t>& sizes)
{
    MapGeometry geometry{.nx = static_cast<Index>(sizes.at(2)),
                         .ny = static_cast<Index>(sizes.at(1)),
                         .nz = static_cast<Index>(sizes.at(0))};
    const h5::Id group(h5::check(H5Gopen2(file, maps_group, H5P_DEFAULT), "open the maps"), H5Gclose);
    const h5::Id affine = open_dataset(group, "affine");
    const h5::Id zooms = open_dataset(group, "zooms");
    if (h5::sizes_of(affine) != std::vector<hsize_t>{4, 4} || h5::sizes_of(zooms) != std::vector<hsize_t>{3})
        throw Error(Exit::io, "the shape of the affine or of the zooms is none");
    h5::check(H5Dread(affine, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, geometry.affine.data()),
              "read the affine");
    h5::check(H5Dread(zooms, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, geometry.zooms.data()),
              "read the zooms");
    geometry.sform_code = static_cast<int>(h5::read_number_attribute(group, "sform_code"));
    geometry.qform_code = static_cast<int>(h5::read_number_attribute(group, "qform_code"));
    return geometry;
}

/// Slices that are read at once: those of a chunk, which is inflated as one.
hsize_t slices_at_once(hid_t dataset, const std::vector<hsize_t>& sizes)
{
    const h5::Id properties(H5Dget_create_plist(dataset), H5Pclose);
    std::vector<hsize_t> chunk(sizes.size(), 1);
    if (H5Pget_layout(properties) == H5D_CHUNKED)
        h5::check(H5Pget_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "get the chunk");
    return chunk[0];
}

/// In the file the values of a voxel lie together; here its n-th value lies among the n-th of all voxels.
template <class T>
std::vector<T> read_cells(hid_t dataset, hid_t type)
{
    const std::vector<hsize_t> sizes = h5::sizes_of(dataset);
    const hsize_t slice = sizes[1] * sizes[2];
    const hsize_t depth = sizes.size() > axes_of_space ? sizes[axes_of_space] : 1;
    const hsize_t voxels = sizes[0] * slice;
    const hsize_t step = slices_at_once(dataset, sizes);
    std::vector<T> cells(voxels * depth);
    std::vector<T> slab;
    const h5::Id space(H5Dget_space(dataset), H5Sclose);
    for (hsize_t z = 0; z < sizes[0]; z += step) {
        throw_if_stopped();
        std::vector<hsize_t> begin(sizes.size());
        std::vector<hsize_t> count = sizes;
        begin[0] = z;
        count[0] = std::min(step, sizes[0] - z);
        h5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, count.data(), nullptr),
                  "select slices");
        slab.resize(count[0] * slice * depth);
        const h5::Id memory = h5::space_of(count);
        h5::check(H5Dread(dataset, type, memory, space, H5P_DEFAULT, slab.data()), "read slices");
        for (hsize_t i = 0; i < depth; ++i)
            for (hsize_t voxel = 0; voxel < count[0] * slice; ++voxel)
                cells[i * voxels + z * slice + voxel] = slab[voxel * depth + i];
    }
    return cells;
}

} // namespace

StoredMaps list_maps(const std::string& path)
{
    return h5::in_complete(path, [&] {
        const h5::Id file = h5::open_complete(path);
        const auto paths = exists(file, maps_group) ? paths_of_maps(file) : std::vector<std::string>{};
        if (paths.empty())
            throw Error(Exit::bad_data, "'{}' has no maps: it holds the {}", path,
                        h5::read_text_attribute(file, "title"))
                .remedy("maps are what 'swather fit' makes");
        StoredMaps stored{.geometry = geometry_of(file, h5::sizes_of(open_dataset(file, paths.front()))),
                          .maps = {}};
        for (const std::string& of_map : paths) stored.maps.push_back(describe(file, of_map));
        return stored;
    });
}

MapCells read_map(const std::string& path, const StoredMap& map)
{
    return h5::in_complete(path, [&]() -> MapCells {
        const h5::Id file = h5::open_complete(path);
        const h5::Id dataset = open_dataset(file, map.path);
        const h5::Id type(H5Dget_type(dataset), H5Tclose);
        if (H5Tget_class(type) == H5T_INTEGER) return read_cells<std::uint8_t>(dataset, H5T_NATIVE_UINT8);
        if (H5Tget_size(type) == sizeof(float)) return read_cells<float>(dataset, H5T_NATIVE_FLOAT);
        return read_cells<double>(dataset, H5T_NATIVE_DOUBLE);
    });
}

} // namespace swather
