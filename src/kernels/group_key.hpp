// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// The fields of a group as one key, whose bytes sort as the fields do, one after the other: the last field
/// as it is, those before it with 0 written 0 1 and ended by 0 0.

/// Local. Makes `key` that of `fields`.
inline void make_key(std::span<const std::string_view> fields, std::string& key)
{
    key.clear();
    for (const std::string_view field : fields.first(fields.size() - 1)) {
        for (const char c : field) {
            key += c;
            if (c == '\0') key += '\1';
        }
        key.append(2, '\0');
    }
    key += fields.back();
}

/// Local. The fields of a key that was made of `count`.
inline std::vector<std::string> fields_of(std::string_view key, std::size_t count)
{
    std::vector<std::string> fields(1);
    std::size_t i = 0;
    for (; fields.size() < count; ++i) {
        if (key[i] != '\0')
            fields.back() += key[i];
        else if (key[++i] == '\1')
            fields.back() += '\0';
        else
            fields.emplace_back();
    }
    fields.back() = key.substr(i);
    return fields;
}

} // namespace swather
