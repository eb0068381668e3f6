// SPDX-License-Identifier: MIT
#include "h5/h5.hpp"

#include <hdf5_hl.h>

#include <cstdlib>
#include <cstring>

namespace swather::h5 {

namespace {

void write_scalar_attribute(hid_t object, const std::string& name, hid_t file_type, hid_t memory_type,
                            const void* value)
{
    const Id space(check(H5Screate(H5S_SCALAR), "make attribute " + name), H5Sclose);
    const Id attribute(check(H5Acreate2(object, name.c_str(), file_type, space, H5P_DEFAULT, H5P_DEFAULT),
                             "make attribute " + name),
                       H5Aclose);
    check(H5Awrite(attribute, memory_type, value), "write attribute " + name);
}

template <class T>
T read_scalar_attribute(hid_t object, const std::string& name, hid_t memory_type)
{
    const Id attribute(check(H5Aopen(object, name.c_str(), H5P_DEFAULT), "read attribute " + name), H5Aclose);
    T number = 0;
    check(H5Aread(attribute, memory_type, &number), "read attribute " + name);
    return number;
}

} // namespace

void fail(const std::string& what, Exit code)
{
    std::string cause;
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_UPWARD,
        [](unsigned depth, const H5E_error2_t* entry, void* text) -> herr_t {
            if (depth == 0 && entry->desc) *static_cast<std::string*>(text) = entry->desc;
            return 0;
        },
        &cause);
    H5Eclear2(H5E_DEFAULT);
    // The library's drivers, and ours, tell the system's reason within a longer text.
    constexpr std::string_view mark = "errno = ";
    if (const auto found = cause.find(mark); found != std::string::npos)
        throw system_error(code, std::atoi(cause.c_str() + found + mark.size()), what);
    throw Error(code, "cannot {} (HDF5: {})", what, cause);
}

Id open_file(const std::string& path)
{
    return {check(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "open '" + path + "'"), H5Fclose};
}

Id make_group(hid_t file, const std::string& path)
{
    const Id links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    check(H5Pset_create_intermediate_group(links, 1), "make " + path);
    const Id properties(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    check(H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "make " + path);
    check(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "make " + path);
    return {check(H5Gcreate2(file, path.c_str(), links, properties, H5P_DEFAULT), "make " + path), H5Gclose};
}

Id dataset_properties()
{
    Id properties(check(H5Pcreate(H5P_DATASET_CREATE), "make properties"), H5Pclose);
    check(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "make properties");
    // A time of creation would make two runs differ.
    check(H5Pset_obj_track_times(properties, false), "make properties");
    return properties;
}

Id space_of(hsize_t size) { return space_of(std::vector<hsize_t>{size}); }

Id space_of(const std::vector<hsize_t>& sizes)
{
    return {
        check(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), "make a dataspace"),
        H5Sclose};
}

std::vector<hsize_t> sizes_of(hid_t dataset)
{
    const Id space(check(H5Dget_space(dataset), "get the shape"), H5Sclose);
    std::vector<hsize_t> sizes(
        static_cast<std::size_t>(check(H5Sget_simple_extent_ndims(space), "get the shape")));
    check(H5Sget_simple_extent_dims(space, sizes.data(), nullptr), "get the shape");
    return sizes;
}

Id text_type()
{
    Id type(check(H5Tcopy(H5T_C_S1), "make a type"), H5Tclose);
    check(H5Tset_size(type, H5T_VARIABLE), "make a type");
    check(H5Tset_cset(type, H5T_CSET_UTF8), "make a type");
    return type;
}

void write_attribute(hid_t object, const std::string& name, const std::string& text)
{
    const Id type = text_type();
    const char* pointer = text.c_str();
    write_scalar_attribute(object, name, type, type, &pointer);
}

void write_attribute(hid_t object, const std::string& name, Index number)
{
    write_scalar_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &number);
}

void write_attribute(hid_t object, const std::string& name, double number)
{
    write_scalar_attribute(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &number);
}

std::string read_text_attribute(hid_t object, const std::string& name)
{
    const Id attribute(check(H5Aopen(object, name.c_str(), H5P_DEFAULT), "read attribute " + name), H5Aclose);
    const Id type = text_type();
    const Id there(H5Aget_type(attribute), H5Tclose);
    if (H5Tget_class(there) != H5T_STRING || H5Tis_variable_str(there) <= 0)
        throw Error(Exit::io, "the attribute {} is not a text", name);
    char* pointer = nullptr;
    check(H5Aread(attribute, type, &pointer), "read attribute " + name);
    std::string text = pointer ? pointer : "";
    H5free_memory(pointer);
    return text;
}

Index read_number_attribute(hid_t object, const std::string& name)
{
    return read_scalar_attribute<Index>(object, name, H5T_NATIVE_INT64);
}

double read_real_attribute(hid_t object, const std::string& name)
{
    return read_scalar_attribute<double>(object, name, H5T_NATIVE_DOUBLE);
}

Id make_dimension(hid_t file, const std::string& path, Index size)
{
    // netCDF-4's way to say "a dimension without a coordinate": big-endian floats that are never written, and
    // this name.
    const Id space = space_of(static_cast<hsize_t>(size));
    const Id properties = dataset_properties();
    Id dimension(
        check(H5Dcreate2(file, path.c_str(), H5T_IEEE_F32BE, space, H5P_DEFAULT, properties, H5P_DEFAULT),
              "make " + path),
        H5Dclose);
    const auto name = fmt::format("This is a netCDF dimension but not a netCDF variable.{:10}", size);
    check(H5DSset_scale(dimension, name.c_str()), "make " + path);
    return dimension;
}

Id make_coordinates(hid_t file, const std::string& path, const std::vector<double>& values,
                    const std::string& units)
{
    const Id space = space_of(values.size());
    const Id properties = dataset_properties();
    Id dimension(
        check(H5Dcreate2(file, path.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, properties, H5P_DEFAULT),
              "make " + path),
        H5Dclose);
    check(H5Dwrite(dimension, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
          "write " + path);
    if (!units.empty()) write_attribute(dimension, "units", units);
    check(H5DSset_scale(dimension, path.substr(path.rfind('/') + 1).c_str()), "make " + path);
    return dimension;
}

void attach_dimension(hid_t dataset, hid_t dimension, unsigned which)
{
    check(H5DSattach_scale(dataset, dimension, which), "attach a dimension");
}

std::string dimension_name(hid_t dataset, unsigned which)
{
    std::string name;
    H5DSiterate_scales(
        dataset, which, nullptr,
        [](hid_t, unsigned, hid_t scale, void* found) -> herr_t {
            const auto size = H5Iget_name(scale, nullptr, 0);
            if (size <= 0) return 1;
            std::string path(static_cast<std::size_t>(size) + 1, '\0');
            H5Iget_name(scale, path.data(), path.size());
            path.pop_back();
            *static_cast<std::string*>(found) = path.substr(path.rfind('/') + 1);
            return 1;
        },
        &name);
    H5Eclear2(H5E_DEFAULT);
    return name;
}

} // namespace swather::h5
