// SPDX-License-Identifier: MIT
#include "kernels/count_reducer.hpp"

#include "kernels/group_key.hpp"
#include "results/cell_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace swather {

namespace {

using Type = CellColumn::Type;

/// Where each of `wanted` stands among `names`.
std::vector<std::size_t> places_of(const std::vector<std::string>& wanted,
                                   const std::vector<std::string>& names)
{
    std::vector<std::size_t> places;
    for (const std::string& name : wanted)
        places.push_back(
            static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
    return places;
}

double real_of(std::string_view text)
{
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

Index integer_of(std::string_view text)
{
    Index value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

CountTraits::CountTraits(const Counts::Layout& layout)
    : keys(layout.by.size())
    , sums(layout.summed.size())
    , ranges(layout.ranged.size())
{
}

void CountTraits::merge(const CountTraits& other)
{
    empty = empty && other.empty;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        keys[i].integers = keys[i].integers && other.keys[i].integers;
        keys[i].reals = keys[i].reals && other.keys[i].reals;
    }
    for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i].integers = sums[i].integers && other.sums[i].integers;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        ranges[i].numbers = ranges[i].numbers && other.ranges[i].numbers;
        ranges[i].integers = ranges[i].integers && other.ranges[i].integers;
    }
}

Bytes CountTraits::pack() const
{
    Bytes bytes;
    put(bytes, empty);
    put(bytes, std::span<const Key>(keys));
    put(bytes, std::span<const Sum>(sums));
    put(bytes, std::span<const Range>(ranges));
    return bytes;
}

void CountTraits::unpack(const Bytes& bytes)
{
    BytesReader reader(bytes);
    empty = reader.get<bool>();
    keys = reader.get_vector<Key>();
    sums = reader.get_vector<Sum>();
    ranges = reader.get_vector<Range>();
}

CountReducer::CountReducer(Counts::Options options, Counts::Layout layout)
    : options_(std::move(options))
    , layout_(std::move(layout))
    , sums_(places_of(options_.sum, layout_.summed))
    , means_(places_of(options_.mean, layout_.summed))
    , mins_(places_of(options_.min, layout_.ranged))
    , maxs_(places_of(options_.max, layout_.ranged))
    , counts_only_(layout_.summed.empty() && layout_.ranged.empty() && layout_.distinct.empty())
{
    empty_.sums.resize(layout_.summed.size());
    empty_.extremes.resize(layout_.ranged.size());
    empty_.members.resize(layout_.distinct.size());
}

void CountReducer::merge(std::string& value, std::string_view later) const
{
    if (counts_only_) { // most runs, and nothing to allocate
        std::string_view earlier = value;
        const std::uint64_t count = take_varint(earlier) + take_varint(later);
        value.clear();
        return put_varint(value, count);
    }
    GroupValue merged = decode(value, empty_);
    merged.merge(decode(later, empty_));
    value.clear();
    encode(merged, value);
}

std::string CountReducer::group_of(std::string_view member) const
{
    std::vector<std::string> fields = fields_of(member, layout_.by.size() + 1);
    fields.pop_back();
    const std::vector<std::string_view> views(fields.begin(), fields.end());
    std::string key;
    make_key(views, key);
    return key;
}

std::string CountReducer::counted(std::size_t set, Index members) const
{
    GroupValue value = empty_;
    value.members[set] = static_cast<std::uint64_t>(members);
    std::string bytes;
    encode(value, bytes);
    return bytes;
}

std::uint64_t CountReducer::order_of(const Record& group) const
{
    std::string_view value = group.value;
    return ~take_varint(value); // the largest first
}

std::vector<CellColumn> CountReducer::columns(const std::vector<Bytes>& traits) const
{
    CountTraits all(layout_);
    for (const Bytes& of_block : traits) {
        CountTraits of_this(layout_);
        of_this.unpack(of_block);
        all.merge(of_this);
    }
    std::vector<CellColumn> columns;
    for (std::size_t i = 0; i < layout_.by.size(); ++i) {
        const Type number = all.keys[i].integers ? Type::int64
                            : all.keys[i].reals  ? Type::float64
                                                 : Type::text;
        columns.push_back({layout_.by[i], all.empty ? Type::text : number, layout_.by[i]});
    }
    columns.push_back({"count", Type::int64, "rows of the group"});
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        const bool exact = all.sums[sums_[i]].integers;
        const std::string& name = options_.sum[i];
        columns.push_back({"sum_" + name, exact ? Type::int64 : Type::float64, "sum of " + name});
    }
    for (const std::string& name : options_.mean)
        columns.push_back({"mean_" + name, Type::float64, "mean of " + name + ", of the rows that have it"});
    const auto add_range = [&](const char* prefix, const char* what, const std::vector<std::string>& names,
                               const std::vector<std::size_t>& places) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            const CountTraits::Range& range = all.ranges[places[i]];
            const Type number = range.integers ? Type::int64 : Type::float64;
            columns.push_back({prefix + names[i], range.numbers ? number : Type::text, what + names[i]});
        }
    };
    add_range("min_", "smallest ", options_.min, mins_);
    add_range("max_", "largest ", options_.max, maxs_);
    for (const std::string& name : options_.distinct)
        columns.push_back({"distinct_" + name, Type::int64, "number of different values of " + name});
    return columns;
}

namespace {

/// Writes the cells of one group.
class CountWriter : public CellWriter {
public:
    using CellWriter::CellWriter;

    void put_key(std::string_view field)
    {
        if (type() == Type::int64)
            put(integer_of(field));
        else if (type() == Type::float64)
            put(real_of(field));
        else
            put(field);
    }

    void put_extreme(const Number& number, std::string_view text, const Extremes& of)
    {
        if (type() == Type::int64)
            put(number.integer);
        else if (type() == Type::float64)
            put(of.numbers > 0 ? number.real : std::numeric_limits<double>::quiet_NaN());
        else
            put(text);
    }

    void put_sum(const NumberSum& sum)
    {
        if (type() == Type::float64) return put(sum.total());
        constexpr auto limits = std::numeric_limits<Index>();
        if (sum.integers < limits.min() || sum.integers > limits.max())
            throw Error(Exit::bad_data, "{} of a group is {:.3e}, which is beyond 64 bits", name(),
                        sum.total())
                .remedy(
                    "ask for the mean, or write the numbers with a decimal point: their sum is a float then");
        put(static_cast<Index>(sum.integers));
    }

    void put_mean(const NumberSum& sum)
    {
        put(sum.numbers > 0 ? sum.total() / static_cast<double>(sum.numbers)
                            : std::numeric_limits<double>::quiet_NaN());
    }
};

} // namespace

void CountReducer::append(const Record& group, const std::vector<CellColumn>& columns,
                          std::vector<Cells>& cells) const
{
    CountWriter writer(columns, cells);
    if (layout_.by.size() == 1)
        writer.put_key(group.key);
    else
        for (const std::string& field : fields_of(group.key, layout_.by.size())) writer.put_key(field);
    if (counts_only_) {
        std::string_view value = group.value;
        return writer.put(static_cast<Index>(take_varint(value)));
    }
    const GroupValue value = decode(group.value, empty_);
    writer.put(static_cast<Index>(value.count));
    for (const std::size_t i : sums_) writer.put_sum(value.sums[i]);
    for (const std::size_t i : means_) writer.put_mean(value.sums[i]);
    for (const std::size_t i : mins_)
        writer.put_extreme(value.extremes[i].least, value.extremes[i].first, value.extremes[i]);
    for (const std::size_t i : maxs_)
        writer.put_extreme(value.extremes[i].most, value.extremes[i].last, value.extremes[i]);
    for (const std::uint64_t members : value.members) writer.put(static_cast<Index>(members));
}

} // namespace swather
