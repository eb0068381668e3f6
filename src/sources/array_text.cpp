// SPDX-License-Identifier: MIT
#include "sources/array_text.hpp"

#include "base/error.hpp"
#include "sources/stage.hpp"

#include <algorithm>

namespace swather {

bool may_be_text(std::string_view front)
{
    constexpr std::string_view white_space = " \t\n\v\f\r";
    return std::none_of(front.begin(), front.end(), [&](char c) {
        return static_cast<unsigned char>(c) < ' ' && white_space.find(c) == std::string_view::npos;
    });
}

OneArray look_at_text(const std::string& path, NumberType& type)
{
    OneArray array;
    array.place.path = path;
    array.place.numbers.form = ArrayPlace::Form::text;
    const TextShape shape = survey_numbers(text_of(path, packing_of(path)), path, type);
    for (const Index size : {shape.rows, shape.columns}) {
        if (size == 1) continue;
        array.axes.push_back({.name = "", .size = size});
        array.place.sizes.push_back(size);
    }
    return array;
}

void stage_text(ArrayPlace& place, const std::string& folder)
{
    if (folder.empty()) return; // how large it is would be known
    const Element element = place.numbers.stored;
    const Staged staged = stage(
        {.path = place.path,
         .part = fmt::format("numbers as {}", name_of(element)),
         .reason = fmt::format("'{}' is a text, of which all ranks read numbers: they are written as "
                               "{} first",
                               place.path, name_of(element)),
         .done = fmt::format("written as {}", name_of(element)),
         .open =
             [&] { return numbers_of(text_of(place.path, packing_of(place.path)), place.path, element); }},
        folder);
    if (staged.size != elements_of(place.sizes) * size_of(element))
        throw Error(Exit::bad_data, "'{}' has changed while it was read", place.path)
            .remedy("another program writes it: run again when that is done");
    place.path = staged.path;
}

} // namespace swather
