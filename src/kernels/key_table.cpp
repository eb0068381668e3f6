// SPDX-License-Identifier: MIT
#include "kernels/key_table.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace swather {

namespace {

// By then it shows whether keys come again.
constexpr std::uint64_t rows_of_a_trial = 1 << 15;

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

SortedKeys::SortedKeys(std::span<const std::string_view> keys)
    : keys_(keys)
    , shared_(shared_prefix(keys))
    , text_(shared_ + sizeof(Front::bytes), '\0')
{
    if (keys.empty()) return;
    copy_short(text_.data(), keys.front().substr(0, shared_));
    fronts_.reserve(keys.size());
    for (std::uint32_t number = 0; number < keys.size(); ++number) fronts_.push_back(front_of(number));
    sort_by_bytes();
    for (std::size_t first = 0; first < size();) {
        std::size_t last = first + 1;
        while (last < size() && fronts_[last].bytes == fronts_[first].bytes) ++last;
        if (last - first > 1) sort_equal(std::span(fronts_).subspan(first, last - first));
        first = last;
    }
    whole_ = {};
}

SortedKeys::Front SortedKeys::front_of(std::uint32_t number) const
{
    const std::string_view rest = keys_[number].substr(shared_);
    std::uint64_t bytes = 0;
    if (rest.size() >= sizeof bytes)
        std::memcpy(&bytes, rest.data(), sizeof bytes);
    else if (!rest.empty())
        std::memcpy(&bytes, rest.data(), rest.size());
    return {big_endian(bytes), number, size_of(keys_[number]), false};
}

/// Stable, byte by byte, the last first (radix sort: Knuth, TAOCP 3, 5.2.5). Digits of 16 bits take half the
/// passes, and were slower.
void SortedKeys::sort_by_bytes()
{
    constexpr std::size_t digits = sizeof(Front::bytes);
    const auto digit_of = [](const Front& front, std::size_t digit) {
        return (front.bytes >> (8 * digit)) & 0xff;
    };
    std::array<std::array<std::uint32_t, 256>, digits> counts{};
    for (const Front& front : fronts_)
        for (std::size_t digit = 0; digit < digits; ++digit) ++counts[digit][digit_of(front, digit)];

    std::vector<Front> other(fronts_.size());
    for (std::size_t digit = 0; digit < digits; ++digit) {
        auto& places = counts[digit];
        if (places[digit_of(fronts_.front(), digit)] == fronts_.size()) continue; // all alike
        std::uint32_t place = 0;
        for (std::uint32_t& count : places) place += std::exchange(count, place);
        for (const Front& front : fronts_) other[places[digit_of(front, digit)]++] = front;
        fronts_.swap(other);
    }
}

/// Puts keys whose bytes in front are equal in order, and marks those that are equal as a whole.
void SortedKeys::sort_equal(std::span<Front> fronts)
{
    const auto by_size = [](const Front& a, const Front& b) { return a.size < b.size; };
    const auto [shortest, longest] = std::minmax_element(fronts.begin(), fronts.end(), by_size);
    if (longest->size > sizeof(Front::bytes)) return sort_whole(fronts);
    // They differ in the number of zeros at their ends, if at all.
    if (shortest->size != longest->size) std::stable_sort(fronts.begin(), fronts.end(), by_size);
    for (std::size_t i = 1; i < fronts.size(); ++i)
        fronts[i].is_repeated = fronts[i].size == fronts[i - 1].size;
}

/// The same of keys that must be looked at.
void SortedKeys::sort_whole(std::span<Front> fronts)
{
    whole_.clear();
    constexpr std::size_t ahead = 16;
    for (std::size_t i = 0; i < fronts.size(); ++i) {
        if (i + ahead < fronts.size()) __builtin_prefetch(&keys_[fronts[i + ahead].number]);
        whole_.emplace_back(keys_[fronts[i].number], fronts[i].number);
        __builtin_prefetch(whole_.back().first.data());
    }
    std::stable_sort(whole_.begin(), whole_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < fronts.size(); ++i) {
        const auto& [key, number] = whole_[i];
        fronts[i] = {fronts[i].bytes, number, size_of(key), i > 0 && key == whole_[i - 1].first};
    }
}

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

} // namespace swather
