// SPDX-License-Identifier: MIT
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace swather {

/// Bytes that stay where they are until all of them go.
class Arena {
public:
    /// Local. A copy of `text`.
    std::string_view copy(std::string_view text);

private:
    std::vector<std::unique_ptr<char[]>> pieces_;
    char* next_ = nullptr;
    std::size_t room_ = 0;
};

/// The keys of a block's rows, numbered as they come.
///
/// A hash table finds the number of a key that was there before. Where most keys are new, it would only miss
/// the cache: the rest of the block's keys are then numbered without looking, and those that are equal meet
/// when they are sorted, which has to be done anyway.
class KeyTable {
public:
    /// Local. The number of a key: that which it has, or the next.
    std::uint32_t number_of(std::string_view key);

    [[nodiscard]] std::size_t size() const { return keys_.size(); }
    [[nodiscard]] std::string_view operator[](std::uint32_t number) const { return keys_[number]; }

    /// Local. The numbers of all keys in the order of their bytes; equal keys in that in which they came.
    [[nodiscard]] std::vector<std::uint32_t> sorted() const;

private:
    struct Hash {
        std::size_t operator()(std::string_view key) const;
    };

    Arena arena_;
    std::vector<std::string_view> keys_;
    tsl::robin_map<std::string_view, std::uint32_t, Hash, std::equal_to<>,
                   std::allocator<std::pair<std::string_view, std::uint32_t>>, true>
        numbers_;
    std::uint64_t asked_ = 0;
    bool look_ = true;
};

} // namespace swather
