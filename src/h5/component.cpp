// SPDX-License-Identifier: MIT
#include "h5/component.hpp"

namespace swather {

std::string path_component(std::string_view text)
{
    if (text.empty() || text == "." || text == "..") return "%2E" + std::string(text);
    std::string name;
    for (const char c : text) {
        if (c == '/')
            name += "%2F";
        else
            name += c;
    }
    return name;
}

std::string name_of_component(std::string_view component)
{
    std::string name(component.starts_with("%2E") ? component.substr(3) : component);
    for (auto at = name.find("%2F"); at != name.npos; at = name.find("%2F", at + 1)) name.replace(at, 3, "/");
    return name;
}

} // namespace swather
