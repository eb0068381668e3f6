// SPDX-License-Identifier: MIT
#pragma once

#include "grid/box.hpp"

#include <array>
#include <string_view>
#include <type_traits>

namespace swather {

/// What the elements of an array are.
enum class Element : std::uint8_t {
    int8,
    uint8,
    int16,
    uint16,
    int32,
    uint32,
    int64,
    uint64,
    float32,
    float64,
};

/// The names of all of them, as numpy has them, in their order.
inline constexpr std::array<std::string_view, 10> element_names{
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"};

/// Local. "float32".
constexpr std::string_view name_of(Element element)
{
    return element_names[static_cast<std::size_t>(element)];
}

/// Local. Calls `visit` with a value of the C++ type.
template <class Visit>
constexpr auto visit_element(Element element, Visit&& visit)
{
    switch (element) {
    case Element::int8:
        return visit(std::int8_t{});
    case Element::uint8:
        return visit(std::uint8_t{});
    case Element::int16:
        return visit(std::int16_t{});
    case Element::uint16:
        return visit(std::uint16_t{});
    case Element::int32:
        return visit(std::int32_t{});
    case Element::uint32:
        return visit(std::uint32_t{});
    case Element::int64:
        return visit(std::int64_t{});
    case Element::uint64:
        return visit(std::uint64_t{});
    case Element::float32:
        return visit(float{});
    case Element::float64:
        break;
    }
    return visit(double{});
}

/// Local. Bytes of one.
constexpr Index size_of(Element element)
{
    return visit_element(element, []<class T>(T) -> Index { return sizeof(T); });
}

/// Local. Whether they are integers.
constexpr bool is_integer(Element element)
{
    return visit_element(element, []<class T>(T) { return std::is_integral_v<T>; });
}

} // namespace swather
