// SPDX-License-Identifier: MIT
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace swather {

/// Raw bytes between ranks of one run and in the journal: always written and read by the same build on like
/// machines.
using Bytes = std::vector<std::byte>;

template <class T>
concept Plain = std::is_trivially_copyable_v<T>;

/// Local. Copies a few bytes, of keys mostly, without a call; returns the end of the copy.
inline char* copy_short(char* to, std::string_view from)
{
    const std::size_t size = from.size();
    const auto copy_both_ends = [&]<class Word>(Word first) {
        Word last;
        std::memcpy(&first, from.data(), sizeof first);
        std::memcpy(&last, from.data() + size - sizeof last, sizeof last);
        std::memcpy(to, &first, sizeof first);
        std::memcpy(to + size - sizeof last, &last, sizeof last);
    };
    if (size > 16)
        std::memcpy(to, from.data(), size);
    else if (size >= 8)
        copy_both_ends(std::uint64_t{});
    else if (size >= 4)
        copy_both_ends(std::uint32_t{});
    else
        for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
    return to + size;
}

/// Local. Appends raw bytes.
inline void append(Bytes& bytes, std::span<const std::byte> more)
{
    if (more.empty()) return;
    const std::size_t before = bytes.size();
    bytes.resize(before + more.size());
    std::memcpy(bytes.data() + before, more.data(), more.size());
}

/// Local. Appends one value as it lies in memory.
template <Plain T>
void put(Bytes& bytes, const T& value)
{
    append(bytes, std::as_bytes(std::span(&value, 1)));
}

/// Local. Appends a count and that many values.
template <Plain T>
void put(Bytes& bytes, std::span<const T> values)
{
    put(bytes, static_cast<std::uint64_t>(values.size()));
    append(bytes, std::as_bytes(values));
}

inline void put(Bytes& bytes, std::string_view text)
{
    put(bytes, std::span<const char>(text.data(), text.size()));
}

/// Reads back, in order, what `put` wrote. Throws `Exit::internal` at the end of the bytes.
class BytesReader {
public:
    explicit BytesReader(std::span<const std::byte> bytes)
        : rest_(bytes)
    {
    }

    template <Plain T>
    T get()
    {
        T value;
        std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
        return value;
    }

    template <Plain T>
    std::vector<T> get_vector()
    {
        const auto count = get<std::uint64_t>();
        if (count > rest_.size() / sizeof(T))
            throw Error(Exit::internal, "a message is shorter than it says");
        std::vector<T> values(count);
        if (count > 0) std::memcpy(values.data(), take(count * sizeof(T)).data(), count * sizeof(T));
        return values;
    }

    std::string get_string()
    {
        const auto text = get_vector<char>();
        return {text.begin(), text.end()};
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::span<const std::byte> take(std::size_t count)
    {
        if (count > rest_.size()) throw Error(Exit::internal, "a message is shorter than it says");
        const auto front = rest_.first(count);
        rest_ = rest_.subspan(count);
        return front;
    }

    std::span<const std::byte> rest_;
};

} // namespace swather
