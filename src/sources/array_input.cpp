// SPDX-License-Identifier: MIT
#include "sources/array_input.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/units.hpp"
#include "sources/array_hdf5.hpp"
#include "sources/array_text.hpp"
#include "sources/hdf5_file.hpp"
#include "sources/identity.hpp"
#include "sources/image_file.hpp"
#include "sources/npy_header.hpp"
#include "sources/random_spec.hpp"
#include "sources/stage.hpp"

#include <algorithm>

namespace swather {

namespace {

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
    const std::string front = front_of(path);
    if (has_header(path, front))
        spdlog::warn("'{}' seems to have a header, which with --dtype is read as elements too", path);
    OneArray array = bytes_array(path, *inputs.type, inputs.shape);
    const Index promised = elements_of(inputs.shape) * size_of(*inputs.type);
    if (const Index there = size_of_input(path); there != promised) {
        Error error(Exit::bad_data, "'{}' has {}, and {} of {} are {}", path, counted(there, "byte"),
                    shape_in_words(array.axes), name_of(*inputs.type), with_commas(promised));
        if (may_be_text(front)) error.remedy("of a text of numbers, leave --shape out");
        throw error.remedy("give the --dtype and --shape with which it was written");
    }
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
        constexpr Index most =
            1 << 20; // of a damaged header, coordinates might be more than the memory holds
        Axis axis{.name = name, .size = size, .coordinates = {}, .units = units};
        if (step > 0 && size <= most) // 0: the header does not tell
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
    if (is_text(path, front)) return look_at_text(path, text_type);
    throw Error(Exit::bad_data,
                "'{}' is no array: neither .npy nor HDF5 nor a text of numbers, nor is it called .nii", path)
        .remedy("of plain numbers end to end, tell --dtype and --shape");
}

} // namespace

OneArray look_at_array(const InputName& name, const ArrayInputs& inputs, NumberType& text_type)
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
    if (!name.inside.empty()) return look_at_hdf5(name.path, name.inside);
    return inputs.shape.empty() ? file_array(name.path, text_type) : raw_array(name.path, inputs);
}

} // namespace swather
