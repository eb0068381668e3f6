// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/box.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace swather {

/// A key and its value: bytes both, of any length.
struct Record {
    std::string_view key;
    std::string_view value;
};

/// Local. Appends a number in 7-bit groups, the lowest first (LEB128): small numbers are one byte.
inline void put_varint(std::string& bytes, std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<char>(number | 0x80));
    bytes.push_back(static_cast<char>(number));
}

/// Local. Takes a number off the front of `bytes`. Throws `Exit::internal` at their end.
inline std::uint64_t take_varint(std::string_view& bytes)
{
    if (!bytes.empty() && static_cast<unsigned char>(bytes.front()) < 0x80) { // one byte, as nearly always
        const auto small = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        return small;
    }
    std::uint64_t number = 0;
    for (unsigned shift = 0; !bytes.empty() && shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        number |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return number;
    }
    throw Error(Exit::internal, "a record is shorter than it says");
}

/// Local. Appends a record: size of key, key, size of value, value.
inline void put_record(std::string& bytes, const Record& record)
{
    constexpr std::size_t small = 0x80; // the size is one byte
    if (record.key.size() < small && record.value.size() < small) {
        std::array<char, 2 * small> all;
        char* end = all.data();
        *end++ = static_cast<char>(record.key.size());
        end = copy_short(end, record.key);
        *end++ = static_cast<char>(record.value.size());
        end = copy_short(end, record.value);
        bytes.append(all.data(), end);
        return;
    }
    put_varint(bytes, record.key.size());
    bytes.append(record.key);
    put_varint(bytes, record.value.size());
    bytes.append(record.value);
}

/// Local. Takes a record off the front of `bytes`, into which it points.
inline Record take_record(std::string_view& bytes)
{
    const auto take = [&](std::size_t size) {
        if (size > bytes.size()) throw Error(Exit::internal, "a record is shorter than it says");
        const std::string_view taken = bytes.substr(0, size);
        bytes.remove_prefix(size);
        return taken;
    };
    const std::string_view key = take(take_varint(bytes));
    return {key, take(take_varint(bytes))};
}

/// Records in the order of their key bytes, each key once.
struct Run {
    std::string records;

    /// Local. Appends a record, whose key comes behind those that are there.
    void append(const Record& record) { put_record(records, record); }
};

} // namespace swather
