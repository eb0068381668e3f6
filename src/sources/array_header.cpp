// SPDX-License-Identifier: MIT
#include "sources/array_header.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/units.hpp"
#include "sources/array_input.hpp"
#include "sources/image_file.hpp"
#include "sources/input_paths.hpp"
#include "sources/random_spec.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace swather {

namespace {

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
        OneArray one = look_at_array(name, inputs, text_type);
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
