// SPDX-License-Identifier: MIT
#include "kernels/counts.hpp"

#include "kernels/count_reducer.hpp"
#include "kernels/evaluator.hpp"
#include "kernels/group_key.hpp"
#include "kernels/key_table.hpp"

#include <algorithm>
#include <set>

namespace swather {

namespace {

/// The names of some lists, each once, in the order in which they come.
std::vector<std::string> each_once(std::initializer_list<const std::vector<std::string>*> lists)
{
    std::vector<std::string> names;
    for (const auto* list : lists)
        for (const std::string& name : *list)
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
}

using Fields = std::span<const std::string_view>;

/// The groups of one block while its rows are added. Of each kind of value, those of one group stand
/// together.
class BlockGroups {
public:
    explicit BlockGroups(const Counts::Layout& layout)
        : layout_(layout)
        , columns_(layout.by.size() + layout.summed.size() + layout.ranged.size() + layout.distinct.size())
        , traits_(layout)
        , members_(layout.distinct.size())
    {
    }

    /// Adds rows of which nothing but one key is wanted.
    void count(std::span<const std::string_view> keys)
    {
        counts_.resize(keys_.size() + keys.size()); // as if all were new
        std::uint64_t* const counts = counts_.data();
        for (const std::string_view key : keys) ++counts[keys_.number_of(key)];
        counts_.resize(keys_.size());
    }

    /// Adds a row, by the fields that the layout names, in its order; returns whether each number that was
    /// wanted was one.
    bool add(Fields fields)
    {
        const Fields by = fields.first(layout_.by.size());
        std::string_view key = by.front();
        if (by.size() > 1) {
            make_key(by, key_);
            key = key_;
        }
        const std::uint32_t group = keys_.number_of(key);
        if (group == counts_.size()) begin_group();
        ++counts_[group];
        if (columns_ == by.size()) return true;
        return add_values(group, by, fields.subspan(by.size()));
    }

    [[nodiscard]] Keyed result() &&
    {
        Keyed keyed;
        SortedKeys order = keys_.sorted();
        RecordWriter groups;
        std::string bytes;
        for (std::size_t first = 0; first < order.size();) {
            const std::size_t end = order.end_of_equal(first);
            prefetch_count(order, end);
            bytes.clear();
            encode_value(order, first, end, bytes);
            const std::string_view key = order.key(first);
            groups.append({key, bytes});
            look_at_key(key);
            first = end;
        }
        keyed.groups.records = std::move(groups).take();
        for (const KeyTable& members : members_) keyed.members.push_back(run_of(members));
        traits_.empty = order.size() == 0;
        keyed.traits = traits_.pack();
        return keyed;
    }

private:
    void begin_group()
    {
        counts_.push_back(0);
        if (!layout_.summed.empty()) sums_.resize(sums_.size() + layout_.summed.size());
        if (!layout_.ranged.empty()) extremes_.resize(extremes_.size() + layout_.ranged.size());
    }

    bool add_values(std::uint32_t group, Fields by, Fields values)
    {
        bool all_numbers = true;
        for (std::size_t i = 0; i < layout_.summed.size(); ++i) {
            const std::string_view field = values[i];
            const Number number = parse_number(field);
            if (is_number(number)) {
                sums_[group * layout_.summed.size() + i].add(number);
                if (number.kind != Number::Kind::integer) traits_.sums[i].integers = false;
            } else if (!is_blank(field))
                all_numbers = false;
        }
        values = values.subspan(layout_.summed.size());
        for (std::size_t i = 0; i < layout_.ranged.size(); ++i)
            add_to_range(extremes_[group * layout_.ranged.size() + i], traits_.ranges[i], values[i]);
        values = values.subspan(layout_.ranged.size());
        for (std::size_t i = 0; i < layout_.distinct.size(); ++i) {
            member_.assign(by.begin(), by.end());
            member_.push_back(values[i]);
            make_key(member_, key_);
            members_[i].number_of(key_);
        }
        return all_numbers;
    }

    static bool is_number(const Number& number)
    {
        return number.kind == Number::Kind::integer || number.kind == Number::Kind::real;
    }

    static void add_to_range(Extremes& extremes, CountTraits::Range& traits, std::string_view field)
    {
        if (is_blank(field)) {
            traits.integers = false;
            return;
        }
        const Number number = traits.numbers ? parse_number(field) : Number{};
        traits.numbers = traits.numbers && is_number(number);
        traits.integers = traits.integers && number.kind == Number::Kind::integer;
        extremes.add(field, traits.numbers ? &number : nullptr);
    }

    /// Counts lie all over the memory: they are asked for some time before they are needed.
    void prefetch_count(const SortedKeys& order, std::size_t i) const
    {
        constexpr std::size_t ahead = 16;
        if (i + ahead < order.size()) __builtin_prefetch(&counts_[order.number(i + ahead)]);
    }

    /// The value of the group that has the equal keys from place `first` to the one before `end`.
    void encode_value(const SortedKeys& order, std::size_t first, std::size_t end, std::string& bytes) const
    {
        if (columns_ == layout_.by.size()) { // rows are counted, and nothing else
            std::uint64_t count = 0;
            for (std::size_t i = first; i < end; ++i) count += counts_[order.number(i)];
            return put_varint(bytes, count);
        }
        GroupValue value = value_of(order.number(first));
        for (std::size_t i = first + 1; i < end; ++i) value.merge(value_of(order.number(i)));
        encode(value, bytes);
    }

    GroupValue value_of(std::uint32_t group) const
    {
        const auto part = [&](const auto& all, std::size_t size) {
            const auto first = all.begin() + static_cast<std::ptrdiff_t>(group * size);
            return std::decay_t<decltype(all)>(first, first + static_cast<std::ptrdiff_t>(size));
        };
        return {.count = counts_[group],
                .sums = part(sums_, layout_.summed.size()),
                .extremes = part(extremes_, layout_.ranged.size()),
                .members = std::vector<std::uint64_t>(layout_.distinct.size())};
    }

    void look_at_key(std::string_view key)
    {
        const bool all_texts = std::none_of(traits_.keys.begin(), traits_.keys.end(), [](const auto& of_key) {
            return of_key.integers || of_key.reals;
        });
        if (all_texts) return;
        const auto look = [](CountTraits::Key& traits, std::string_view field) {
            traits.integers = traits.integers && is_canonical_integer(field);
            traits.reals = traits.reals && is_canonical_real(field);
        };
        if (layout_.by.size() == 1) return look(traits_.keys.front(), key);
        const auto fields = fields_of(key, layout_.by.size());
        for (std::size_t i = 0; i < fields.size(); ++i) look(traits_.keys[i], fields[i]);
    }

    static Run run_of(const KeyTable& members)
    {
        RecordWriter run;
        SortedKeys order = members.sorted();
        for (std::size_t i = 0; i < order.size(); i = order.end_of_equal(i)) run.append({order.key(i), {}});
        return {std::move(run).take()};
    }

    const Counts::Layout& layout_;
    std::size_t columns_; // of all kinds
    CountTraits traits_;
    KeyTable keys_;
    std::vector<std::uint64_t> counts_;
    std::vector<NumberSum> sums_;
    std::vector<Extremes> extremes_;
    std::vector<KeyTable> members_;
    std::string key_;                      // of the row at hand
    std::vector<std::string_view> member_; // the same
};

} // namespace

Counts::Counts(Options options)
    : options_(std::move(options))
    , layout_{.by = options_.by,
              .summed = each_once({&options_.sum, &options_.mean}),
              .ranged = each_once({&options_.min, &options_.max}),
              .distinct = options_.distinct}
{
    if (options_.where) where_ = Expression::condition(*options_.where, where_columns_);
}

std::vector<std::string> Counts::columns() const
{
    std::vector<std::string> names;
    for (const auto* list : {&layout_.by, &layout_.summed, &layout_.ranged, &layout_.distinct})
        names.insert(names.end(), list->begin(), list->end());
    names.insert(names.end(), where_columns_.begin(), where_columns_.end());
    return names;
}

double Counts::working_bytes(Index table_bytes) const
{
    const auto bytes = [](double of_one, const auto& columns) {
        return of_one * static_cast<double>(columns.size());
    };
    // As measured: keys are sorted and written as records, and vectors are copied as they grow.
    const double of_row =
        95 + bytes(145, layout_.summed) + bytes(290, layout_.ranged) + bytes(110, layout_.distinct);
    const auto columns = each_once({&layout_.by, &layout_.summed, &layout_.ranged, &layout_.distinct});
    return of_row / (4 + bytes(4, columns)) * static_cast<double>(table_bytes);
}

std::tuple<KeyedOutput, ScalarOutput<TableAudit>> Counts::outputs() const
{
    KeyedOutput groups{.group = "/counts",
                       .dimension = "group",
                       .summary = "/summary",
                       .reducer = std::make_shared<CountReducer>(options_, layout_)};
    ScalarOutput<TableAudit> audit{.group = "/summary",
                                   .columns = audit_columns<TableAudit>(),
                                   .totals = audit_totals<TableAudit>,
                                   .items = Items::files,
                                   .check = options_.strict ? throw_if_odd : warn_if_odd};
    return {std::move(groups), std::move(audit)};
}

std::tuple<Keyed, Scalar<TableAudit>> Counts::operator()(TableView view) const
{
    const std::size_t columns = this->columns().size();
    const std::size_t counted = columns - where_columns_.size();
    BlockGroups groups(layout_);
    Evaluator evaluator;
    std::vector<Scalar<TableAudit>::Entry> files;
    const auto of_file = [&](Index file) -> TableAudit& {
        if (files.empty() || files.back().item != file) files.push_back({file, {}});
        return files.back().value;
    };
    for (RowBatch batch = view.next_batch(); batch.rows > 0; batch = view.next_batch()) {
        if (columns == 1 && !where_) {
            groups.count(batch.fields);
            continue;
        }
        std::span<const std::uint8_t> marks;
        if (where_) {
            evaluator.start({batch.fields.subspan(counted), batch.rows, columns});
            marks = evaluator(*where_);
        }
        for (std::size_t row = 0; row < batch.rows; ++row) {
            std::uint8_t notes = where_ ? marks[row] & mark::notes : 0;
            if (!where_ || (marks[row] & mark::truth) != 0) {
                const Fields fields = batch.fields.subspan(row * columns, counted);
                if (!groups.add(fields)) notes |= mark::not_number;
            }
            if (notes != 0) of_file(batch.file).note(notes, view.line_of(row));
        }
    }
    return {std::move(groups).result(), audits_of<TableAudit>(view, std::move(files))};
}

} // namespace swather
