// SPDX-License-Identifier: MIT
#include "output/content.hpp"

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

} // namespace swather
