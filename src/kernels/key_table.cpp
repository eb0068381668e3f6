// SPDX-License-Identifier: MIT
#include "kernels/key_table.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace swather {

namespace {

// By then it shows whether keys come again.
constexpr std::uint64_t rows_of_a_trial = 1 << 15;

struct Front {
    std::uint64_t bytes; ///< the first eight behind what all keys share, as one number
    std::uint32_t number;
};

/// Stable, by the digits of `bytes`, the lowest first (radix sort: Knuth, TAOCP 3, 5.2.5).
void sort_by_bytes(std::vector<Front>& fronts)
{
    constexpr std::size_t digits = sizeof(std::uint64_t);
    std::array<std::array<std::uint32_t, 256>, digits> counts{};
    for (const Front& front : fronts)
        for (std::size_t digit = 0; digit < digits; ++digit)
            ++counts[digit][(front.bytes >> (8 * digit)) & 0xff];

    std::vector<Front> other(fronts.size());
    for (std::size_t digit = 0; digit < digits; ++digit) {
        auto& places = counts[digit];
        if (std::find(places.begin(), places.end(), fronts.size()) != places.end()) continue; // all alike
        std::uint32_t place = 0;
        for (std::uint32_t& count : places) place += std::exchange(count, place);
        for (const Front& front : fronts) other[places[(front.bytes >> (8 * digit)) & 0xff]++] = front;
        fronts.swap(other);
    }
}

std::size_t shared_prefix(std::span<const std::string_view> keys)
{
    std::size_t shared = keys.empty() ? 0 : keys.front().size();
    for (const std::string_view key : keys) {
        shared = std::min(shared, key.size());
        const auto differs = std::mismatch(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(shared),
                                           keys.front().begin());
        shared = static_cast<std::size_t>(differs.first - key.begin());
    }
    return shared;
}

} // namespace

std::string_view Arena::copy(std::string_view text)
{
    constexpr std::size_t piece = 1 << 20;
    if (text.size() > room_) {
        room_ = std::max(piece, text.size());
        next_ = pieces_.emplace_back(new char[room_]).get();
    }
    if (!text.empty()) std::memcpy(next_, text.data(), text.size());
    const std::string_view copied(next_, text.size());
    next_ += text.size();
    room_ -= text.size();
    return copied;
}

std::size_t KeyTable::Hash::operator()(std::string_view key) const
{
    return XXH3_64bits(key.data(), key.size());
}

std::uint32_t KeyTable::number_of(std::string_view key)
{
    const auto next = static_cast<std::uint32_t>(keys_.size());
    if (look_) {
        const std::size_t hash = Hash{}(key);
        if (const auto found = numbers_.find(key, hash); found != numbers_.end())
            return ++asked_, found->second;
        const std::string_view own = arena_.copy(key);
        keys_.push_back(own);
        numbers_.emplace(own, next);
        if (++asked_ > rows_of_a_trial && keys_.size() > asked_ / 2) {
            look_ = false;
            numbers_ = {};
        }
        return next;
    }
    keys_.push_back(arena_.copy(key));
    return next;
}

std::vector<std::uint32_t> KeyTable::sorted() const
{
    const std::size_t shared = shared_prefix(keys_);
    std::vector<Front> fronts;
    fronts.reserve(keys_.size());
    for (std::uint32_t number = 0; number < keys_.size(); ++number) {
        const std::string_view rest = keys_[number].substr(shared);
        std::uint64_t bytes = 0;
        if (!rest.empty()) std::memcpy(&bytes, rest.data(), std::min(sizeof bytes, rest.size()));
        if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap64(bytes);
        fronts.push_back({bytes, number});
    }
    sort_by_bytes(fronts);

    // Where the first eight are equal, by all of the key.
    for (auto first = fronts.begin(); first != fronts.end();) {
        const auto last = std::find_if(first, fronts.end(),
                                       [&](const Front& front) { return front.bytes != first->bytes; });
        if (last - first > 1)
            std::stable_sort(first, last, [&](const Front& a, const Front& b) {
                return keys_[a.number] < keys_[b.number];
            });
        first = last;
    }
    std::vector<std::uint32_t> numbers;
    numbers.reserve(fronts.size());
    for (const Front& front : fronts) numbers.push_back(front.number);
    return numbers;
}

} // namespace swather
