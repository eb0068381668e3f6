// SPDX-License-Identifier: MIT
#include "kernels/transform_rows.hpp"

#include "base/error.hpp"
#include "kernels/field_kind.hpp"
#include "results/records.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace swather {

namespace {

// A batch ends with either.
constexpr Index most_rows_of_a_batch = 16'384;
constexpr std::size_t most_bytes_of_a_batch = 1 << 20;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

CellColumn::Type type_of(std::uint8_t kinds)
{
    using enum CellColumn::Type;
    namespace kind = field_kind;
    if (kinds == 0 || (kinds & kind::text) != 0) return text;
    if ((kinds & (kind::missing | kind::real)) == 0) return int64;
    return (kinds & kind::wide) != 0 ? text : float64;
}

/// How a batch has the fields of a column.
enum class Packing : char {
    integers, ///< all are, and each is just what its int64 prints as
    numbers,  ///< all are, or missing: texts, and the doubles
    texts,
};

Packing packing_of(std::uint8_t kinds)
{
    namespace kind = field_kind;
    if ((kinds & kind::text) != 0) return Packing::texts;
    return (kinds & ~(kind::integer | kind::wide)) == 0 ? Packing::integers : Packing::numbers;
}

template <class T>
void put_values(std::string& packed, const std::vector<T>& values)
{
    packed.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

/// Appends packed values to others.
template <class T>
void take_values(std::string_view& packed, std::uint64_t count, std::vector<T>& values)
{
    if (packed.size() / sizeof(T) < count) throw Error(Exit::internal, "a batch of rows is too short");
    const std::size_t before = values.size();
    values.resize(before + count);
    if (count > 0) std::memcpy(values.data() + before, packed.data(), count * sizeof(T));
    packed.remove_prefix(count * sizeof(T));
}

/// Integers as what their column became.
void append_integers(const std::vector<std::int64_t>& values, Cells& cells)
{
    if (auto* integers = std::get_if<std::vector<Index>>(&cells))
        integers->insert(integers->end(), values.begin(), values.end());
    else if (auto* reals = std::get_if<std::vector<double>>(&cells))
        reals->insert(reals->end(), values.begin(), values.end());
    else
        for (const std::int64_t value : values) {
            const fmt::format_int digits(value);
            std::get<Texts>(cells).push_back({digits.data(), digits.size()});
        }
}

void take_texts(std::string_view packed, std::uint64_t rows, Cells& cells)
{
    for (; rows > 0; --rows) {
        const std::string_view text = take_text(packed);
        if (auto* texts = std::get_if<Texts>(&cells))
            texts->push_back(text);
        else // of a batch with integers that print otherwise, and so rarely
            std::get<std::vector<Index>>(cells).push_back(parse_number(text).integer);
    }
}

void take_fields(std::string_view& packed, std::uint64_t rows, Cells& cells)
{
    const auto packing = static_cast<Packing>(take_varint(packed));
    if (packing == Packing::integers) {
        std::vector<std::int64_t> values;
        take_values(packed, rows, values);
        return append_integers(values, cells);
    }
    const std::string_view texts = take_text(packed);
    auto* reals = std::get_if<std::vector<double>>(&cells);
    if (!reals) take_texts(texts, rows, cells);
    if (packing == Packing::texts) return;
    std::vector<double> unused;
    take_values(packed, rows, reals ? *reals : unused);
}

} // namespace

TransformRows::TransformRows(const std::vector<TransformColumn>& columns)
    : columns_(columns)
    , parts_(columns.size())
    , kinds_(columns.size())
{
}

void TransformRows::append(const FieldTable& rows, Evaluator& evaluator,
                           const std::vector<const Values*>& made, const Note& note)
{
    if (rows.rows == 0) return;
    std::size_t size = 0;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        Part& part = parts_[column];
        const std::size_t number = columns_[column].number;
        if (columns_[column].is_made) {
            for (const double value : made[number]->real)
                part.reals.push_back(std::isnan(value) ? nan : value); // of which there are many
        } else {
            append_texts(part, rows, number);
            if ((kinds_[column] & field_kind::text) == 0)
                append_numbers(part, rows, number, evaluator.numbers_of(number), note);
            kinds_[column] |= part.kinds;
        }
        size += part.texts_size + part.reals.size() * sizeof(double);
    }
    batch_rows_ += static_cast<Index>(rows.rows);
    if (batch_rows_ >= most_rows_of_a_batch || size >= most_bytes_of_a_batch) end_batch();
}

void TransformRows::append_texts(Part& part, const FieldTable& rows, std::size_t number)
{
    constexpr std::size_t most_of_size = 10; // bytes of a varint
    std::size_t most = part.texts_size;
    for (std::size_t row = 0; row < rows.rows; ++row) most += rows(row, number).size() + most_of_size;
    if (part.texts.size() < most) part.texts.resize(most + most / 2);
    char* end = part.texts.data() + part.texts_size;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const std::string_view field = rows(row, number);
        end = copy_short(put_varint(end, field.size()), field);
    }
    part.texts_size = static_cast<std::size_t>(end - part.texts.data());
}

void TransformRows::append_numbers(Part& part, const FieldTable& rows, std::size_t number,
                                   const Values& values, const Note& note)
{
    part.integers.insert(part.integers.end(), values.integer.begin(), values.integer.end());
    part.reals.insert(part.reals.end(), values.real.begin(), values.real.end());
    double* const reals = part.reals.data() + (part.reals.size() - rows.rows);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const std::string_view field = rows(row, number);
        const std::uint8_t kind = kind_of(field, values, row);
        part.kinds |= kind;
        if (kind == field_kind::real && (values.marks[row] & mark::too_large) != 0)
            note(row, mark::too_large);
        if (reals[row] == 0 && field[field.find_first_not_of(" \t")] == '-')
            reals[row] = -0.0; // also where an expression reads the integer 0
    }
}

void TransformRows::end_batch()
{
    if (batch_rows_ == 0) return;
    Rows::Batch batch{.rows = batch_rows_, .packed = {}};
    std::size_t most = 64 * parts_.size(); // bytes
    for (const Part& part : parts_)
        most += part.texts_size + (part.integers.size() + part.reals.size()) * sizeof(double);
    batch.packed.reserve(most);
    put_varint(batch.packed, static_cast<std::uint64_t>(batch_rows_));
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        Part& part = parts_[column];
        if (columns_[column].is_made) {
            put_values(batch.packed, part.reals);
        } else {
            // Behind a text, numbers are not looked for: then there are none of some rows.
            const bool is_text = (kinds_[column] & field_kind::text) != 0;
            const Packing packing = is_text ? Packing::texts : packing_of(part.kinds);
            put_varint(batch.packed, static_cast<std::uint64_t>(packing));
            if (packing == Packing::integers) put_values(batch.packed, part.integers);
            if (packing != Packing::integers) put_text(batch.packed, {part.texts.data(), part.texts_size});
            if (packing == Packing::numbers) put_values(batch.packed, part.reals);
        }
        part.texts_size = 0;
        part.kinds = 0;
        part.integers.clear();
        part.reals.clear();
    }
    rows_.batches.push_back(std::move(batch));
    batch_rows_ = 0;
}

Rows TransformRows::result() &&
{
    end_batch();
    put(rows_.traits, std::span<const std::uint8_t>(kinds_));
    return std::move(rows_);
}

std::vector<CellColumn> TransformRows::columns(const std::vector<TransformColumn>& columns,
                                               const std::vector<Bytes>& traits)
{
    std::vector<std::uint8_t> kinds(columns.size());
    for (const Bytes& of_block : traits) {
        const auto of_this = BytesReader(of_block).get_vector<std::uint8_t>();
        for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] |= of_this.at(i);
    }
    std::vector<CellColumn> cells;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto type = columns[i].is_made ? CellColumn::Type::float64 : type_of(kinds[i]);
        cells.push_back({columns[i].name, type, columns[i].long_name});
    }
    return cells;
}

void TransformRows::unpack(std::string_view packed, const std::vector<TransformColumn>& columns,
                           std::vector<Cells>& cells)
{
    const std::uint64_t rows = take_varint(packed);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].is_made)
            take_values(packed, rows, std::get<std::vector<double>>(cells[i]));
        else
            take_fields(packed, rows, cells[i]);
    }
}

} // namespace swather
