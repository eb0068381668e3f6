// SPDX-License-Identifier: MIT
#include "kernels/key_table.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <utility>

namespace swather {

namespace {

// By then it shows whether keys come again.
constexpr std::uint64_t rows_of_a_trial = 1 << 15;

struct Front {
    std::uint64_t bytes; ///< the first eight behind what all keys share, as one number
    std::uint32_t number;
};

/// Stable, byte by byte, the last first (radix sort: Knuth, TAOCP 3, 5.2.5). Digits of 16 bits take half the
/// passes, and were slower.
void sort_by_bytes(std::vector<Front>& fronts)
{
    if (fronts.size() < 2) return;
    constexpr std::size_t digits = sizeof(Front::bytes);
    const auto digit_of = [](const Front& front, std::size_t digit) {
        return (front.bytes >> (8 * digit)) & 0xff;
    };
    std::array<std::array<std::uint32_t, 256>, digits> counts{};
    for (const Front& front : fronts)
        for (std::size_t digit = 0; digit < digits; ++digit) ++counts[digit][digit_of(front, digit)];

    std::vector<Front> other(fronts.size());
    for (std::size_t digit = 0; digit < digits; ++digit) {
        auto& places = counts[digit];
        if (places[digit_of(fronts.front(), digit)] == fronts.size()) continue; // all alike
        std::uint32_t place = 0;
        for (std::uint32_t& count : places) place += std::exchange(count, place);
        for (const Front& front : fronts) other[places[digit_of(front, digit)]++] = front;
        fronts.swap(other);
    }
}

std::uint64_t front_of(std::string_view rest)
{
    std::uint64_t bytes = 0;
    if (rest.size() >= sizeof bytes)
        std::memcpy(&bytes, rest.data(), sizeof bytes);
    else if (!rest.empty())
        std::memcpy(&bytes, rest.data(), rest.size());
    if constexpr (std::endian::native == std::endian::little) bytes = __builtin_bswap64(bytes);
    return bytes;
}

/// Puts keys whose fronts are equal in order, and marks those that are equal as a whole.
void sort_equal_fronts(std::span<KeyTable::InOrder> keys, std::size_t shared)
{
    const auto in_front = [&](const KeyTable::InOrder& a) {
        return a.key.size() <= shared + sizeof(Front::bytes);
    };
    const std::size_t size = keys.front().key.size();
    const bool all_equal =
        in_front(keys.front()) &&
        std::all_of(keys.begin(), keys.end(), [&](const auto& a) { return a.key.size() == size; });
    if (!all_equal)
        std::stable_sort(keys.begin(), keys.end(),
                         [](const auto& a, const auto& b) { return a.key < b.key; });
    for (std::size_t i = 1; i < keys.size(); ++i)
        keys[i].is_repeated = all_equal || keys[i].key == keys[i - 1].key;
}

std::size_t shared_prefix(std::span<const std::string_view> keys)
{
    if (keys.empty()) return 0;
    std::size_t shared = keys.front().size();
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
    const std::string_view copied(next_, text.size());
    next_ = copy_short(next_, text);
    room_ -= text.size();
    return copied;
}

KeyTable::KeyTable()
    : slots_(2048)
    , mask_(slots_.size() - 1)
{
}

std::uint32_t KeyTable::append(std::string_view key)
{
    keys_.push_back(arena_.copy(key));
    return static_cast<std::uint32_t>(keys_.size() - 1);
}

std::uint32_t KeyTable::insert(std::string_view key, Slot slot, std::size_t place)
{
    slot.number = append(key);
    slots_[place] = slot;
    if (keys_.size() > rows_of_a_trial / 2 && keys_.size() > found_) {
        look_ = false;
        slots_ = {};
    } else if (4 * keys_.size() > slots_.size()) {
        grow();
    }
    return slot.number;
}

void KeyTable::grow()
{
    std::vector<Slot> before(2 * slots_.size());
    before.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : before) {
        if (slot.number == vacant) continue;
        std::size_t place = place_of(slot);
        while (slots_[place].number != vacant) place = (place + 1) & mask_;
        slots_[place] = slot;
    }
}

std::vector<KeyTable::InOrder> KeyTable::sorted() const
{
    const std::size_t shared = shared_prefix(keys_);
    std::vector<Front> fronts;
    fronts.reserve(keys_.size());
    for (std::uint32_t number = 0; number < keys_.size(); ++number)
        fronts.push_back({front_of(keys_[number].substr(shared)), number});
    sort_by_bytes(fronts);

    // The keys lie all over the memory: they are asked for some time before they are needed.
    constexpr std::size_t ahead = 24;
    std::vector<InOrder> order(fronts.size());
    for (std::size_t i = 0; i < fronts.size(); ++i) {
        if (i + ahead < fronts.size()) __builtin_prefetch(&keys_[fronts[i + ahead].number]);
        order[i] = {keys_[fronts[i].number], fronts[i].number};
    }
    for (std::size_t first = 0; first < order.size();) {
        std::size_t last = first + 1;
        while (last < order.size() && fronts[last].bytes == fronts[first].bytes) ++last;
        if (last - first > 1) sort_equal_fronts(std::span(order).subspan(first, last - first), shared);
        first = last;
    }
    return order;
}

} // namespace swather
