// SPDX-License-Identifier: MIT
#pragma once

#include "base/hash.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

/// Keys in the order of their bytes; equal ones in that in which they came.
///
/// They lie all over the memory, and looking at each takes longer than to sort them. So they are sorted by
/// the eight bytes behind those that all share, and a key that has no more is made of these alone.
class SortedKeys {
public:
    /// Local. Of `keys`, which must live as long as this.
    explicit SortedKeys(std::span<const std::string_view> keys);

    [[nodiscard]] std::size_t size() const { return fronts_.size(); }
    /// Local. Where the key at place `i` of the order stands among `keys`.
    [[nodiscard]] std::uint32_t number(std::size_t i) const { return fronts_[i].number; }
    /// Local. The first place behind `first` whose key is another; what `key` needs a little later is asked
    /// for.
    [[nodiscard]] std::size_t end_of_equal(std::size_t first) const
    {
        constexpr std::size_t ahead = 16;
        std::size_t end = first;
        do { // no function of its own: GCC takes one that only prefetches for one that does nothing
            if (is_long(end + 2 * ahead)) __builtin_prefetch(&keys_[fronts_[end + 2 * ahead].number]);
            if (is_long(end + ahead)) __builtin_prefetch(keys_[fronts_[end + ahead].number].data());
        } while (++end < size() && fronts_[end].is_repeated);
        return end;
    }
    /// Local. The key at place `i`, until the next call.
    std::string_view key(std::size_t i)
    {
        const Front& front = fronts_[i];
        if (is_long(i)) return keys_[front.number];
        const std::uint64_t bytes = big_endian(front.bytes);
        std::memcpy(text_.data() + shared_, &bytes, sizeof bytes);
        return std::string_view(text_).substr(0, shared_ + front.size);
    }

private:
    struct Front {
        std::uint64_t bytes; ///< as one number, the first the highest
        std::uint32_t number;
        std::uint8_t size; ///< of the key behind what all share; 9: more than eight
        bool is_repeated;
    };

    static std::uint64_t big_endian(std::uint64_t bytes)
    {
        return std::endian::native == std::endian::little ? __builtin_bswap64(bytes) : bytes;
    }
    [[nodiscard]] std::uint8_t size_of(std::string_view key) const
    {
        return static_cast<std::uint8_t>(std::min(key.size() - shared_, sizeof(Front::bytes) + 1));
    }
    [[nodiscard]] Front front_of(std::uint32_t number) const;
    void sort_by_bytes();
    void sort_equal(std::span<Front> fronts);
    void sort_whole(std::span<Front> fronts);
    [[nodiscard]] bool is_long(std::size_t i) const
    {
        return i < size() && fronts_[i].size > sizeof(Front::bytes);
    }

    std::span<const std::string_view> keys_;
    std::size_t shared_; ///< bytes that begin all keys
    std::string text_;   ///< these, and room for the front of one key
    std::vector<Front> fronts_;
    std::vector<std::pair<std::string_view, std::uint32_t>> whole_; ///< those at hand while they are sorted
};

/// The keys of a block's rows, numbered as they come.
///
/// A hash table finds the number of a key that was there before. It is of our own, with open addressing,
/// since keys of up to 16 bytes, which most are, stand in its slots as two numbers: there is neither a hash
/// of bytes nor a call to compare them, which took two fifths of a whole run with robin-map and XXH3.
///
/// Where most keys are new, the table would only miss the cache: the rest of the block's keys are then
/// numbered without looking, and those that are equal meet when they are sorted, which has to be done anyway.
class KeyTable {
public:
    KeyTable();

    /// Local. The number of a key: that which it has, or the next.
    std::uint32_t number_of(std::string_view key)
    {
        if (!look_) return append(key);
        const Slot wanted = identity_of(key);
        for (std::size_t place = place_of(wanted);; place = (place + 1) & mask_) {
            const Slot& slot = slots_[place];
            if (slot.number == vacant) return insert(key, wanted, place);
            if (slot.low == wanted.low && slot.high == wanted.high && slot.size == wanted.size &&
                (key.size() <= sizeof(Slot::low) * 2 || keys_[slot.number] == key)) {
                ++found_;
                return slot.number;
            }
        }
    }

    [[nodiscard]] std::size_t size() const { return keys_.size(); }

    /// Local. All keys, in the order of their bytes.
    [[nodiscard]] SortedKeys sorted() const { return SortedKeys(keys_); }

private:
    static constexpr std::uint32_t vacant = 0xffff'ffff;

    struct Slot {
        std::uint64_t low = 0; ///< a short key: with `high` and `size` all of it; a long one: its hash
        std::uint64_t high = 0;
        std::uint32_t size = 0;
        std::uint32_t number = vacant;
    };

    /// Two overlapping reads hold a key of 4 to 8 bytes, or of 8 to 16, whole.
    static Slot identity_of(std::string_view key)
    {
        const auto read = [&]<class Number>(std::size_t at, Number number) -> std::uint64_t {
            std::memcpy(&number, key.data() + at, sizeof number);
            return number;
        };
        const std::size_t size = key.size();
        Slot slot;
        slot.size = static_cast<std::uint32_t>(size);
        if (size > 16) {
            slot.low = hash_of(std::as_bytes(std::span(key)));
        } else if (size >= 8) {
            slot.low = read(0, std::uint64_t{});
            slot.high = read(size - 8, std::uint64_t{});
        } else if (size >= 4) {
            slot.low = read(0, std::uint32_t{});
            slot.high = read(size - 4, std::uint32_t{});
        } else if (size > 0) {
            slot.low = read(0, std::uint8_t{}) | read(size / 2, std::uint8_t{}) << 8 |
                       read(size - 1, std::uint8_t{}) << 16;
        }
        return slot;
    }
    /// Both halves of a 128-bit product depend on all bits of both factors (as in wyhash, by Wang Yi).
    [[nodiscard]] std::size_t place_of(const Slot& slot) const
    {
        __extension__ using Wide = unsigned __int128;
        const Wide product =
            Wide{slot.low ^ 0x9e37'79b9'7f4a'7c15} * (slot.high ^ slot.size ^ 0xd1b5'4a32'd192'ed03);
        return (static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64)) & mask_;
    }
    std::uint32_t append(std::string_view key);
    std::uint32_t insert(std::string_view key, Slot slot, std::size_t place);
    void grow();

    Arena arena_;
    std::vector<std::string_view> keys_;
    std::vector<Slot> slots_; ///< a power of two, at most a quarter of them taken
    std::size_t mask_;        ///< their number less one
    std::uint64_t found_ = 0;
    bool look_ = true;
};

} // namespace swather
