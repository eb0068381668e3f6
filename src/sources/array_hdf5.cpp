// SPDX-License-Identifier: MIT
#include "sources/array_hdf5.hpp"

#include "h5/h5.hpp"
#include "sources/array_reader.hpp"
#include "sources/hdf5_file.hpp"

#include <fmt/ranges.h>

namespace swather {

namespace {

std::string in_words(const std::string& path, const std::string& dataset)
{
    return fmt::format("'{}:{}'", path, dataset);
}

/// The datasets of a file, by name, in words; of many, some.
std::string datasets_in_words(hid_t file)
{
    constexpr std::size_t most = 8;
    std::vector<std::string> names;
    H5Ovisit2(
        file, H5_INDEX_NAME, H5_ITER_INC,
        [](hid_t, const char* name, const H5O_info_t* info, void* found) -> herr_t {
            auto& all = *static_cast<std::vector<std::string>*>(found);
            if (info->type == H5O_TYPE_DATASET) all.push_back(std::string("/") + name);
            return all.size() > most ? 1 : 0;
        },
        &names, H5O_INFO_BASIC);
    if (names.empty()) return "none";
    if (names.size() > most) names.back() = "…";
    return fmt::format("{}", fmt::join(names, ", "));
}

h5::Id open_quietly(hid_t file, const std::string& path)
{
    h5::Id opened(H5Oopen(file, path.c_str(), H5P_DEFAULT), H5Oclose);
    if (opened < 0) H5Eclear2(H5E_DEFAULT);
    return opened;
}

h5::Id open_dataset(hid_t file, const std::string& path, const std::string& dataset)
{
    h5::Id opened = open_quietly(file, dataset);
    if (opened >= 0 && H5Iget_type(opened) == H5I_DATASET) return opened;
    if (opened >= 0)
        throw Error(Exit::cannot_read, "in '{}', '{}' is a {}, no dataset", path, dataset,
                    H5Iget_type(opened) == H5I_GROUP ? "group" : "type")
            .remedy("the file's datasets are {}", datasets_in_words(file));
    throw Error(Exit::cannot_read, "'{}' has no dataset '{}'", path, dataset)
        .remedy("it has {}", datasets_in_words(file));
}

/// The element that values of a type are read as.
Element element_of(hid_t type, const std::string& name)
{
    const std::size_t bytes = H5Tget_size(type);
    const auto refused = [&](std::string_view what) {
        return Error(Exit::bad_data,
                     "{} is of {}: only integers of 8 to 64 bits, float32 and float64 can be read", name,
                     what)
            .remedy("write it as one of these: file['new'] = file['old'][...].astype('float32') in h5py");
    };
    if (H5Tget_class(type) == H5T_FLOAT) {
        if (bytes == sizeof(float)) return Element::float32;
        if (bytes == sizeof(double)) return Element::float64;
        throw refused(fmt::format("reals of {} bits", 8 * bytes));
    }
    if (H5Tget_class(type) != H5T_INTEGER)
        throw refused("what is no plain number (texts, compounds, enumerations …)");
    const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
    switch (bytes) {
    case 1:
        return is_signed ? Element::int8 : Element::uint8;
    case 2:
        return is_signed ? Element::int16 : Element::uint16;
    case 4:
        return is_signed ? Element::int32 : Element::uint32;
    case 8:
        return is_signed ? Element::int64 : Element::uint64;
    default:
        throw refused(fmt::format("integers of {} bits", 8 * bytes));
    }
}

hid_t memory_type_of(Element element)
{
    switch (element) {
    case Element::int8:
        return H5T_NATIVE_INT8;
    case Element::uint8:
        return H5T_NATIVE_UINT8;
    case Element::int16:
        return H5T_NATIVE_INT16;
    case Element::uint16:
        return H5T_NATIVE_UINT16;
    case Element::int32:
        return H5T_NATIVE_INT32;
    case Element::uint32:
        return H5T_NATIVE_UINT32;
    case Element::int64:
        return H5T_NATIVE_INT64;
    case Element::uint64:
        return H5T_NATIVE_UINT64;
    case Element::float32:
        return H5T_NATIVE_FLOAT;
    case Element::float64:
        break;
    }
    return H5T_NATIVE_DOUBLE;
}

std::vector<Index> chunk_of(hid_t dataset, std::size_t axes)
{
    std::vector<Index> chunk(axes, 1);
    const h5::Id properties(H5Dget_create_plist(dataset), H5Pclose);
    if (H5Pget_layout(properties) != H5D_CHUNKED) return chunk;
    std::vector<hsize_t> sizes(axes);
    h5::check(H5Pget_chunk(properties, static_cast<int>(axes), sizes.data()), "get the chunk");
    chunk.assign(sizes.begin(), sizes.end());
    return chunk;
}

/// The elements of one dataset, as the library reads them.
class DatasetReader final : public ArrayReader {
public:
    explicit DatasetReader(const ArrayPlace& place)
        : name_(in_words(place.path, place.dataset))
        , type_(memory_type_of(place.numbers.stored))
        , file_(open_hdf5_file(place.path))
        , dataset_(open_dataset(file_, place.path, place.dataset))
        , space_(h5::check(H5Dget_space(dataset_), "get the shape"), H5Sclose)
        , is_single_(H5Sget_simple_extent_ndims(space_) == 0)
    {
    }

    void read(const ArrayBox& box, std::span<std::byte> bytes) override
    {
        const std::string what = "read " + name_;
        if (is_single_) {
            h5::check(H5Dread(dataset_, type_, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), what,
                      Exit::bad_data);
            return;
        }
        std::vector<hsize_t> begin;
        std::vector<hsize_t> size;
        for (const Box& side : box) {
            begin.push_back(static_cast<hsize_t>(side.begin));
            size.push_back(static_cast<hsize_t>(side.size()));
        }
        h5::check(H5Sselect_hyperslab(space_, H5S_SELECT_SET, begin.data(), nullptr, size.data(), nullptr),
                  what);
        // Of the same shape: one of another makes the library copy element by element.
        const h5::Id memory = h5::space_of(size);
        h5::check(H5Dread(dataset_, type_, memory, space_, H5P_DEFAULT, bytes.data()), what, Exit::bad_data);
    }

private:
    std::string name_;
    hid_t type_;
    h5::Id file_, dataset_, space_;
    bool is_single_;
};

/// The number of an open file, in which an object is.
unsigned long file_of(hid_t object)
{
    H5O_info_t info;
    h5::check(H5Oget_info2(object, &info, H5O_INFO_BASIC), "get the file of a dataset");
    return info.fileno;
}

using TextOfSource = ssize_t (*)(hid_t properties, size_t index, char* text, size_t size);

/// A text of a source of a virtual dataset.
std::string text_of_source(TextOfSource get, hid_t properties, std::size_t index)
{
    std::string text(static_cast<std::size_t>(
                         h5::check(get(properties, index, nullptr, 0), "get a source of a virtual dataset")),
                     '\0');
    get(properties, index, text.data(), text.size() + 1);
    return text;
}

/// Whether an object that a file names lies, by links or as a dataset of virtual or external elements, in
/// others too. A virtual dataset may be made of plain ones of its own file.
bool is_elsewhere(hid_t file, hid_t dataset, bool may_be_virtual)
{
    if (file_of(dataset) != file_of(file)) return true;
    const h5::Id properties(H5Dget_create_plist(dataset), H5Pclose);
    if (H5Pget_external_count(properties) > 0) return true;
    if (H5Pget_layout(properties) != H5D_VIRTUAL) return false;
    std::size_t sources = 0;
    H5Pget_virtual_count(properties, &sources);
    for (std::size_t i = 0; i < sources; ++i) {
        if (!may_be_virtual || text_of_source(H5Pget_virtual_filename, properties, i) != ".") return true;
        // One that is not there is read as fill values.
        const h5::Id source = open_quietly(file, text_of_source(H5Pget_virtual_dsetname, properties, i));
        if (source >= 0 && H5Iget_type(source) == H5I_DATASET && is_elsewhere(file, source, false))
            return true;
    }
    return false;
}

/// An array whose numbers are in the file that is looked at, so that a change of them is seen.
void check_storage(hid_t file, hid_t dataset, const std::string& name)
{
    const h5::Id space(H5Dget_space(dataset), H5Sclose);
    if (H5Sget_simple_extent_type(space) == H5S_NULL)
        throw Error(Exit::bad_data, "{} has no elements: it is an empty dataset of HDF5", name)
            .remedy("name a dataset that has some");
    if (is_elsewhere(file, dataset, true))
        throw Error(Exit::bad_data, "{} has its elements in other files, of which no change would be seen",
                    name)
            .remedy("name the file that has them, or copy it into one file: h5repack, or h5py");
}

/// Attributes that say how values are made of elements, which are read as they are stored.
std::vector<std::string> conventions_of(hid_t dataset)
{
    std::vector<std::string> found;
    for (const char* attribute : {"scale_factor", "add_offset", "_FillValue", "missing_value"})
        if (H5Aexists(dataset, attribute) > 0) found.emplace_back(attribute);
    return found;
}

} // namespace

OneArray look_at_hdf5(const std::string& path, const std::string& dataset)
{
    const std::string name = in_words(path, dataset);
    const h5::Id file = open_hdf5_file(path);
    const h5::Id opened = open_dataset(file, path, dataset);
    check_storage(file, opened, name);
    const h5::Id type(H5Dget_type(opened), H5Tclose);
    const std::vector<hsize_t> sizes = h5::sizes_of(opened);

    OneArray array;
    array.place = {.numbers = {.kind = ArrayPlace::Kind::hdf5, .stored = element_of(type, name)},
                   .path = path,
                   .dataset = dataset,
                   .sizes = {sizes.begin(), sizes.end()}};
    array.chunk = chunk_of(opened, sizes.size());
    array.conventions = conventions_of(opened);
    for (unsigned axis = 0; axis < sizes.size(); ++axis)
        array.axes.push_back(
            {.name = h5::dimension_name(opened, axis), .size = static_cast<Index>(sizes[axis])});
    return array;
}

std::unique_ptr<ArrayReader> open_hdf5(const ArrayPlace& place)
{
    return std::make_unique<DatasetReader>(place);
}

} // namespace swather
