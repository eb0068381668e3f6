// SPDX-License-Identifier: MIT
#include "kernels/group_value.hpp"

#include <cmath>
#include <cstring>

namespace swather {

namespace {

template <class T>
void put_plain(std::string& bytes, const T& value)
{
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t before = bytes.size();
    bytes.resize(before + sizeof value);
    std::memcpy(bytes.data() + before, &value, sizeof value);
}

template <class T>
T take_plain(std::string_view& bytes)
{
    static_assert(std::is_trivially_copyable_v<T>);
    if (bytes.size() < sizeof(T)) throw Error(Exit::internal, "a record is shorter than it says");
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return value;
}

} // namespace

void NumberSum::add_real(double number)
{
    const double sum = reals + number;
    lost += std::abs(reals) >= std::abs(number) ? (reals - sum) + number : (number - sum) + reals;
    reals = sum;
}

double NumberSum::total() const
{
    if (reals == 0 && lost == 0) return static_cast<double>(integers);
    NumberSum all = *this; // integers too are added in two parts, so that nothing is lost
    const auto high = static_cast<double>(integers);
    all.add_real(high);
    all.add_real(static_cast<double>(integers - static_cast<Int128>(high)));
    const double sum = all.reals + all.lost; // of an infinite sum, what it has lost is no number
    return std::isfinite(sum) ? sum : all.reals;
}

void NumberSum::add(const Number& number)
{
    ++numbers;
    if (number.kind == Number::Kind::integer)
        integers += number.integer;
    else
        add_real(number.real);
}

void NumberSum::merge(const NumberSum& later)
{
    numbers += later.numbers;
    integers += later.integers;
    add_real(later.reals);
    lost += later.lost;
}

void Extremes::add(std::string_view text, const Number* number)
{
    if (texts == 0 || text < first) first = text;
    if (texts == 0 || text > last) last = text;
    ++texts;
    if (!number) return;
    if (numbers == 0 || *number < least) least = *number;
    if (numbers == 0 || most < *number) most = *number;
    ++numbers;
}

void Extremes::merge(const Extremes& later)
{
    if (later.texts > 0) {
        if (texts == 0 || later.first < first) first = later.first;
        if (texts == 0 || later.last > last) last = later.last;
    }
    if (later.numbers > 0) {
        if (numbers == 0 || later.least < least) least = later.least;
        if (numbers == 0 || most < later.most) most = later.most;
    }
    texts += later.texts;
    numbers += later.numbers;
}

void GroupValue::merge(const GroupValue& later)
{
    count += later.count;
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i].merge(later.sums[i]);
    for (std::size_t i = 0; i < extremes.size(); ++i) extremes[i].merge(later.extremes[i]);
    for (std::size_t i = 0; i < members.size(); ++i) members[i] += later.members[i];
}

void encode(const GroupValue& value, std::string& bytes)
{
    put_varint(bytes, value.count);
    for (const NumberSum& sum : value.sums) put_plain(bytes, sum);
    for (const Extremes& extremes : value.extremes) {
        put_varint(bytes, static_cast<std::uint64_t>(extremes.texts));
        put_varint(bytes, static_cast<std::uint64_t>(extremes.numbers));
        put_plain(bytes, extremes.least);
        put_plain(bytes, extremes.most);
        put_text(bytes, extremes.first);
        put_text(bytes, extremes.last);
    }
    for (const std::uint64_t members : value.members) put_varint(bytes, members);
}

GroupValue decode(std::string_view bytes, const GroupValue& layout)
{
    GroupValue value = layout;
    value.count = take_varint(bytes);
    for (NumberSum& sum : value.sums) sum = take_plain<NumberSum>(bytes);
    for (Extremes& extremes : value.extremes) {
        extremes.texts = static_cast<Index>(take_varint(bytes));
        extremes.numbers = static_cast<Index>(take_varint(bytes));
        extremes.least = take_plain<Number>(bytes);
        extremes.most = take_plain<Number>(bytes);
        extremes.first = take_text(bytes);
        extremes.last = take_text(bytes);
    }
    for (std::uint64_t& members : value.members) members = take_varint(bytes);
    return value;
}

} // namespace swather
