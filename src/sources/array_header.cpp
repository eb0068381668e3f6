// SPDX-License-Identifier: MIT
#include "sources/array_header.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/units.hpp"
#include "sources/array_hdf5.hpp"
#include "sources/array_text.hpp"
#include "sources/hdf5_file.hpp"
#include "sources/identity.hpp"
#include "sources/image_file.hpp"
#include "sources/input_paths.hpp"
#include "sources/npy_header.hpp"
#include "sources/random_spec.hpp"
#include "sources/stage.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace swather {

namespace {

/// One input, without the axis of several.
struct OneArray {
    ArrayPlace place;
    std::vector<Axis> axes;
    std::vector<Index> chunk;
    std::vector<std::string> conventions = {}; ///< attributes of netCDF that are not applied
};

/// All inputs, globs resolved.
std::vector<InputName> resolve(const ArrayInputs& inputs)
{
    std::vector<InputName> all;
    for (const std::string& name : inputs.names) {
        if (is_random_spec(name)) {
            all.push_back({name, ""});
            continue;
        }
        for (InputName& input : inputs_of({name})) all.push_back(std::move(input));
    }
    return all;
}

/// An array of bytes in a file, in C order.
OneArray bytes_array(const std::string& path, Element stored, std::vector<Index> sizes)
{
    OneArray array;
    array.place.path = path;
    array.place.numbers.stored = stored;
    for (const Index size : sizes) array.axes.push_back({.name = "", .size = size});
    array.place.sizes = std::move(sizes);
    return array;
}

OneArray npy_array(const std::string& path, std::span<const std::byte> front)
{
    NpyHeader header = parse_npy_header(front, path);
    OneArray array = bytes_array(path, header.element, std::move(header.shape));
    array.place.numbers.swapped = header.swapped;
    array.place.numbers.first_fastest = header.first_fastest && array.axes.size() > 1;
    array.place.numbers.offset = header.data_offset;
    const Index promised = header.data_offset + elements_of(array.place.sizes) * size_of(header.element);
    if (const Index there = size_of_input(path); there < promised)
        throw Error(Exit::bad_data, "'{}' is truncated: its header promises {} ({}), and it has {} bytes",
                    path, shape_in_words(array.axes), counted(promised, "byte"), with_commas(there))
            .remedy("save or copy it again");
    return array;
}

bool is_called_an_image(const std::string& path)
{
    constexpr std::array endings{".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz"};
    return std::any_of(endings.begin(), endings.end(),
                       [&](const char* ending) { return path.ends_with(ending); });
}

/// How a file begins, packed or not.
std::string front_of(const std::string& path)
{
    return front_of_text(path, Packing::plain, npy_header_bytes);
}

bool has_header(const std::string& path, const std::string& front)
{
    return is_npy(std::as_bytes(std::span(front))) || is_hdf5(path) || is_called_an_image(path);
}

bool is_text(const std::string& path, const std::string& front)
{
    const Packing packing = packing_of(path);
    return may_be_text(packing == Packing::plain ? front : front_of_text(path, packing, npy_header_bytes));
}

OneArray raw_array(const std::string& path, const ArrayInputs& inputs)
{
    if (has_header(path, front_of(path)))
        spdlog::warn("'{}' seems to have a header, which with --dtype is read as elements too", path);
    OneArray array = bytes_array(path, *inputs.type, inputs.shape);
    const Index promised = elements_of(inputs.shape) * size_of(*inputs.type);
    if (const Index there = size_of_input(path); there != promised)
        throw Error(Exit::bad_data, "'{}' has {}, and {} of {} are {}", path, counted(there, "byte"),
                    shape_in_words(array.axes), name_of(*inputs.type), with_commas(promised))
            .remedy("give the --dtype and --shape with which it was written");
    return array;
}

OneArray image_array(const std::string& path)
{
    const ImageFile image = open_image(path);
    const NiftiHeader& header = image.header;
    OneArray array;
    array.place.path = image.data;
    array.place.numbers = {.stored = element_of(header.type),
                           .swapped = header.swapped,
                           .form = image.packing == Packing::plain ? ArrayPlace::Form::plain
                                                                   : ArrayPlace::Form::gzip,
                           .is_scaled = header.slope != 1 || header.intercept != 0,
                           .slope = header.slope,
                           .intercept = header.intercept,
                           .offset = header.data_offset};
    const auto add = [&](const char* name, Index size, double step, const char* units) {
        Axis axis{.name = name, .size = size, .coordinates = {}, .units = units};
        if (step > 0) // else the header does not tell
            for (Index i = 0; i < size; ++i) axis.coordinates.push_back(step * static_cast<double>(i));
        array.axes.push_back(std::move(axis));
        array.place.sizes.push_back(size);
    };
    const auto mm = [&](std::size_t axis) { return header.zooms[axis] * header.mm_per_unit; };
    if (header.nt > 1) add("t", header.nt, header.tr, "s");
    add("z", header.nz, mm(2), "mm");
    add("y", header.ny, mm(1), "mm");
    add("x", header.nx, mm(0), "mm");
    if (image.packing == Packing::plain) check_size(header, size_of_input(image.data), image.data);
    return array;
}

OneArray text_array(const std::string& path, NumberType& type)
{
    OneArray array;
    array.place = look_at_text(path, type);
    for (const Index size : array.place.sizes) array.axes.push_back({.name = "", .size = size});
    return array;
}

/// A file that tells itself what it is.
OneArray file_array(const std::string& path, NumberType& text_type)
{
    const std::string front = front_of(path);
    if (text_type.is_given && (has_header(path, front) || !is_text(path, front)))
        throw Error(Exit::usage, "--dtype without --shape is for texts of numbers, which '{}' is not", path)
            .remedy("of plain bytes, tell how many elements there are along each axis: --shape 100x200");
    const auto front_bytes = std::as_bytes(std::span(front));
    if (is_npy(front_bytes)) return npy_array(path, front_bytes);
    if (is_hdf5(path))
        throw Error(Exit::usage, "'{}' is a file of HDF5, of which no dataset is named", path)
            .remedy("name one: {}:/PATH", path);
    if (is_called_an_image(path)) return image_array(path);
    if (is_text(path, front)) return text_array(path, text_type);
    throw Error(Exit::bad_data,
                "'{}' is no array: neither .npy nor HDF5 nor a text of numbers, nor is it called .nii", path)
        .remedy("of plain numbers end to end, tell --dtype and --shape");
}

OneArray open_one(const InputName& name, const ArrayInputs& inputs, NumberType& text_type)
{
    const bool is_random = is_random_spec(name.path);
    if (inputs.type && (is_random || !name.inside.empty()))
        throw Error(Exit::usage, "--dtype and --shape are for plain bytes, which '{}' is not", name.path)
            .remedy("leave them out: {}", is_random ? "random numbers have both in their name"
                                                    : "a dataset of HDF5 tells both itself");
    if (is_random) {
        const RandomSpec spec = parse_random_spec(name.path);
        OneArray array = bytes_array("", spec.element, spec.shape);
        array.place.numbers.kind = ArrayPlace::Kind::random;
        array.place.numbers.seed = spec.seed;
        return array;
    }
    check_input(name.path);
    if (!name.inside.empty()) {
        Hdf5Array found = look_at_hdf5(name.path, name.inside);
        return {std::move(found.place), std::move(found.axes), std::move(found.chunk),
                std::move(found.conventions)};
    }
    return inputs.shape.empty() ? file_array(name.path, text_type) : raw_array(name.path, inputs);
}

std::string in_words(const std::vector<Index>& sizes)
{
    return sizes.empty() ? "one number" : fmt::format("{}", fmt::join(sizes, " × "));
}

/// Of images only some may be scaled: then the values of all are float64.
void scale_alike(std::vector<ArrayPlace>& places)
{
    if (std::none_of(places.begin(), places.end(),
                     [](const ArrayPlace& place) { return place.numbers.is_scaled; }))
        return;
    for (ArrayPlace& place : places)
        if (place.numbers.kind == ArrayPlace::Kind::bytes && !place.numbers.first_fastest)
            place.numbers.is_scaled = true;
}

/// Files of one shape may have voxels of different sizes: then there are no coordinates that are those of
/// all.
void keep_common_coordinates(std::vector<Axis>& axes, const std::vector<Axis>& others)
{
    for (std::size_t i = 0; i < std::min(axes.size(), others.size()); ++i)
        if (axes[i].coordinates != others[i].coordinates) axes[i].coordinates.clear();
}

void check_alike(const ArrayHeader& header)
{
    const auto in_words_of = [&](std::size_t i) {
        const ArrayPlace& place = header.places[i];
        return fmt::format("'{}' is {} of {}", header.names[i], in_words(place.sizes),
                           name_of(place.numbers.element()));
    };
    const ArrayPlace& first = header.places.front();
    for (std::size_t i = 1; i < header.places.size(); ++i) {
        const ArrayPlace& other = header.places[i];
        if (first.sizes != other.sizes || first.numbers.element() != other.numbers.element())
            throw Error(Exit::bad_data, "the inputs are not alike: {}, {}", in_words_of(0), in_words_of(i))
                .remedy("name inputs of one shape and type, or run on each by itself");
    }
}

/// An array of some elements, but not of more than can be counted.
void check_count(const ArrayHeader& header)
{
    std::vector<Index> sizes = header.places.front().sizes;
    const std::string one = in_words(sizes);
    if (header.has_file_axis) sizes.push_back(std::ssize(header.places));
    const auto is_random = [](const ArrayPlace& place) {
        return place.numbers.kind == ArrayPlace::Kind::random;
    };
    const bool are_random = std::all_of(header.places.begin(), header.places.end(), is_random);
    const std::optional<Index> elements = count_elements(sizes);
    if (!elements)
        throw Error(are_random ? Exit::usage : Exit::bad_data,
                    "'{}'{} has 2⁶⁰ elements or more: its shape is {}", header.names.front(),
                    header.has_file_axis
                        ? fmt::format(", with {} like it,", counted(std::ssize(header.places) - 1, "input"))
                        : "",
                    one)
            .remedy("name less: so many cannot be counted in bytes");
    if (*elements == 0)
        throw Error(Exit::bad_data, "'{}' has no elements: its shape is {}", header.names.front(), one)
            .remedy("was it written to its end? Name an array that has some");
}

/// Names where the format has none, and none twice.
void name_axes(std::vector<Axis>& axes)
{
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const auto is_taken = [&](const Axis& other) { return other.name == axes[i].name; };
        const bool is_twice =
            std::any_of(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(i), is_taken);
        if (axes[i].name.empty() || is_twice) axes[i].name = free_name(axes, i);
    }
}

} // namespace

std::string free_name(const std::vector<Axis>& axes, std::size_t number)
{
    std::string name = fmt::format("d{}", number);
    const auto is_taken = [&](const Axis& axis) { return axis.name == name && &axis != &axes[number]; };
    while (std::any_of(axes.begin(), axes.end(), is_taken)) name += "_";
    return name;
}

std::string shape_in_words(const std::vector<Axis>& axes)
{
    std::vector<Index> sizes;
    for (const Axis& axis : axes) sizes.push_back(axis.size);
    return in_words(sizes);
}

std::vector<Index> ArrayHeader::sizes() const
{
    std::vector<Index> sizes;
    for (const Axis& axis : axes) sizes.push_back(axis.size);
    return sizes;
}

ArrayHeader read_array_header(const ArrayInputs& inputs)
{
    const std::vector<InputName> names = resolve(inputs);
    ArrayHeader header;
    OneArray first;
    NumberType text_type{.element = inputs.type.value_or(Element::int64),
                         .is_given = inputs.type.has_value()};
    for (const InputName& name : names) {
        OneArray one = open_one(name, inputs, text_type);
        header.names.push_back(name.text());
        header.places.push_back(one.place);
        if (header.places.size() > 1) {
            keep_common_coordinates(first.axes, one.axes);
            continue;
        }
        first = std::move(one);
        if (!first.conventions.empty())
            spdlog::warn("'{}' has the attribute {}: it is not applied, elements are read as they are stored",
                         header.names.front(), fmt::join(first.conventions, ", "));
    }
    for (ArrayPlace& place : header.places)
        if (place.numbers.form == ArrayPlace::Form::text) place.numbers.stored = text_type.element;
    header.has_file_axis = names.size() > 1;
    scale_alike(header.places);
    check_alike(header);
    check_count(header);
    if (first.axes.empty()) { // a single number
        first.axes.push_back({.name = "", .size = 1});
        for (ArrayPlace& place : header.places) place.sizes = {1};
        first.chunk.clear();
    }
    header.element = header.places.front().numbers.element();
    header.axes = std::move(first.axes);
    name_axes(header.axes);

    const std::size_t axes = header.axes.size();
    header.layout.chunk = first.chunk.empty() ? std::vector<Index>(axes, 1) : std::move(first.chunk);
    header.layout.order.resize(axes);
    std::iota(header.layout.order.begin(), header.layout.order.end(), 0);
    if (!first.place.numbers.first_fastest)
        std::reverse(header.layout.order.begin(), header.layout.order.end());
    if (!header.has_file_axis) return header;
    header.axes.insert(header.axes.begin(), {.name = "file", .size = std::ssize(names)});
    header.layout.chunk.insert(header.layout.chunk.begin(), 1);
    for (Index& axis : header.layout.order) ++axis;
    name_axes(header.axes); // one of the files' may be called `file`
    return header;
}

std::vector<std::string> files_of_arrays(const ArrayInputs& inputs)
{
    std::vector<std::string> files;
    for (const InputName& name : resolve(inputs)) {
        if (is_random_spec(name.path)) continue;
        if (!name.inside.empty() || inputs.type) {
            files.push_back(name.path);
            continue;
        }
        for (const std::string& file : files_of_image(name.path)) files.push_back(file);
    }
    return files;
}

Bytes ArrayHeader::pack() const
{
    Bytes bytes;
    put(bytes, element);
    put(bytes, has_file_axis);
    put(bytes, static_cast<std::uint64_t>(axes.size()));
    for (const Axis& axis : axes) {
        put(bytes, std::string_view(axis.name));
        put(bytes, axis.size);
        put(bytes, std::span<const double>(axis.coordinates));
        put(bytes, std::string_view(axis.units));
    }
    put(bytes, std::span<const Index>(layout.chunk));
    put(bytes, std::span<const Index>(layout.order));
    for (std::size_t i = 0; i < places.size(); ++i) {
        put(bytes, std::string_view(names[i]));
        places[i].pack(bytes);
    }
    return bytes;
}

ArrayHeader ArrayHeader::unpack(const Bytes& bytes)
{
    BytesReader reader(bytes);
    ArrayHeader header;
    header.element = reader.get<Element>();
    header.has_file_axis = reader.get<bool>();
    for (auto axes = reader.get<std::uint64_t>(); axes > 0; --axes) {
        Axis axis;
        axis.name = reader.get_string();
        axis.size = reader.get<Index>();
        axis.coordinates = reader.get_vector<double>();
        axis.units = reader.get_string();
        header.axes.push_back(std::move(axis));
    }
    header.layout.chunk = reader.get_vector<Index>();
    header.layout.order = reader.get_vector<Index>();
    while (!reader.at_end()) {
        header.names.push_back(reader.get_string());
        header.places.push_back(ArrayPlace::unpack(reader));
    }
    return header;
}

} // namespace swather
