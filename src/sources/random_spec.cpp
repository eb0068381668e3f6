// SPDX-License-Identifier: MIT
#include "sources/random_spec.hpp"

#include "base/error.hpp"
#include "grid/array_box.hpp"

#include <charconv>

namespace swather {

namespace {

constexpr std::string_view mark = "random:";

template <class T>
bool parse_whole(std::string_view text, T& number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

std::string_view take_field(std::string_view& rest, char delimiter)
{
    const std::size_t end = std::min(rest.find(delimiter), rest.size());
    const std::string_view field = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return field;
}

} // namespace

bool is_random_spec(std::string_view name) { return name.starts_with(mark); }

std::vector<Index> parse_shape(std::string_view what, std::string_view text)
{
    std::vector<Index> shape;
    bool is_one = !text.empty() && !text.ends_with('x');
    for (std::string_view rest = text; is_one && !rest.empty();)
        is_one = parse_whole(take_field(rest, 'x'), shape.emplace_back()) && shape.back() >= 1;
    if (!is_one || !count_elements(shape))
        throw Error(Exit::usage, "{}: '{}' is no shape", what, text)
            .remedy("give the size along each axis, from 1 and of less than 2⁶⁰ elements: 100x200");
    return shape;
}

RandomSpec parse_random_spec(const std::string& name)
{
    RandomSpec spec;
    std::string_view rest = std::string_view(name).substr(mark.size());
    spec.shape = parse_shape(name, take_field(rest, ':'));
    while (!rest.empty()) {
        const std::string_view field = take_field(rest, ':');
        constexpr std::string_view seed = "seed=";
        if (field == name_of(Element::float32))
            spec.element = Element::float32;
        else if (field == name_of(Element::float64))
            spec.element = Element::float64;
        else if (!field.starts_with(seed) || !parse_whole(field.substr(seed.size()), spec.seed))
            throw Error(Exit::usage, "'{}': '{}' is neither float32 nor float64 nor seed=NUMBER", name, field)
                .remedy("random:SHAPE[:float32|float64][:seed=N], for example random:1000x20:float32:seed=1");
    }
    return spec;
}

} // namespace swather
