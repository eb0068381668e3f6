// SPDX-License-Identifier: MIT
#pragma once

#include "base/bytes.hpp"
#include "grid/box.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
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

/// Local. The same into memory with room for it, ten bytes at most; returns the end of what was put.
inline char* put_varint(char* to, std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7) *to++ = static_cast<char>(number | 0x80);
    *to++ = static_cast<char>(number);
    return to;
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

/// Local. Appends a number of either sign: the small ones of both are one byte.
inline void put_signed(std::string& bytes, std::int64_t number)
{
    const auto bits = static_cast<std::uint64_t>(number);
    put_varint(bytes, number < 0 ? ~(bits << 1) : bits << 1);
}

/// Local. Takes a number of either sign off the front of `bytes`.
inline std::int64_t take_signed(std::string_view& bytes)
{
    const std::uint64_t bits = take_varint(bytes);
    return static_cast<std::int64_t>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
}

/// Local. Appends a text and, before it, its size.
inline void put_text(std::string& bytes, std::string_view text)
{
    put_varint(bytes, text.size());
    bytes.append(text);
}

/// Local. Takes a text off the front of `bytes`, into which it points.
inline std::string_view take_text(std::string_view& bytes)
{
    const std::uint64_t size = take_varint(bytes);
    if (size > bytes.size()) throw Error(Exit::internal, "a record is shorter than it says");
    const std::string_view text = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return text;
}

/// Local. Takes a record off the front of `bytes`, into which it points.
inline Record take_record(std::string_view& bytes)
{
    const std::string_view key = take_text(bytes);
    return {key, take_text(bytes)};
}

/// Records in the order of their key bytes, each key once. Of each: size of key, key, size of value, value.
struct Run {
    std::string records;
};

/// Writes records end to end. Room is made for many at a time: `std::string::append` of each took twice as
/// long.
class RecordWriter {
public:
    /// Local. Makes room for so many bytes at once.
    void reserve(std::size_t size) { bytes_.reserve(size); }

    /// Local. A record more; in a run, its key comes behind those that are there.
    void append(const Record& record)
    {
        constexpr std::size_t most_of_size = 10; // bytes of a varint
        const std::size_t most = record.key.size() + record.value.size() + 2 * most_of_size;
        if (bytes_.size() - size_ < most) bytes_.resize(size_ + most + room);
        char* end = put_varint(bytes_.data() + size_, record.key.size());
        end = put_varint(copy_short(end, record.key), record.value.size());
        end = copy_short(end, record.value);
        size_ = static_cast<std::size_t>(end - bytes_.data());
    }

    [[nodiscard]] std::string_view records() const { return {bytes_.data(), size_}; }
    void clear() { size_ = 0; }
    /// Local. Gives the records away.
    std::string take() &&
    {
        bytes_.resize(size_);
        return std::move(bytes_);
    }

private:
    static constexpr std::size_t room = 16 << 10;

    std::string bytes_; ///< with room at the end
    std::size_t size_ = 0;
};

} // namespace swather
