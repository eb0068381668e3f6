// SPDX-License-Identifier: MIT
#include "kernels/transform_rows.hpp"

#include "kernels/field_kind.hpp"
#include "results/records.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

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

/// Of a field that is known to be a number or missing; what is too small for a double is 0, and −0 keeps its
/// sign.
double real_of(std::string_view field)
{
    const std::size_t first = std::min(field.find_first_not_of(" \t+"), field.size());
    double value = 0;
    const auto result = std::from_chars(field.data() + first, field.data() + field.size(), value);
    return result.ec == std::errc::invalid_argument ? nan : value;
}

void take_fields(std::string_view& packed, std::uint64_t rows, Cells& cells)
{
    if (auto* texts = std::get_if<Texts>(&cells)) {
        for (; rows > 0; --rows) texts->push_back(take_text(packed));
    } else if (auto* integers = std::get_if<std::vector<Index>>(&cells)) {
        for (; rows > 0; --rows) integers->push_back(parse_number(take_text(packed)).integer);
    } else {
        auto& reals = std::get<std::vector<double>>(cells);
        for (; rows > 0; --rows) reals.push_back(real_of(take_text(packed)));
    }
}

void take_made(std::string_view& packed, std::uint64_t rows, Cells& cells)
{
    auto& reals = std::get<std::vector<double>>(cells);
    const std::size_t before = reals.size();
    reals.resize(before + rows);
    std::memcpy(reals.data() + before, packed.data(), rows * sizeof(double));
    packed.remove_prefix(rows * sizeof(double));
}

} // namespace

TransformRows::TransformRows(const std::vector<TransformColumn>& columns)
    : columns_(columns)
    , packed_(columns.size())
    , packed_size_(columns.size())
    , kinds_(columns.size())
{
}

void TransformRows::append(const FieldTable& rows, const std::vector<const Values*>& made)
{
    if (rows.rows == 0) return;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        if (!columns_[column].is_made) {
            append_fields(column, rows);
            continue;
        }
        char* end = room_for(column, rows.rows * sizeof(double));
        for (const double value : made[columns_[column].number]->real) {
            const double one = std::isnan(value) ? nan : value; // of which there are many
            std::memcpy(end, &one, sizeof one);
            end += sizeof one;
        }
        packed_size_[column] += rows.rows * sizeof(double);
    }
    batch_rows_ += static_cast<Index>(rows.rows);
    const auto size = std::accumulate(packed_size_.begin(), packed_size_.end(), std::size_t{0});
    if (batch_rows_ >= most_rows_of_a_batch || size >= most_bytes_of_a_batch) end_batch();
}

/// Where so many bytes more of a column may be put.
char* TransformRows::room_for(std::size_t column, std::size_t bytes)
{
    std::string& packed = packed_[column];
    const std::size_t wanted = packed_size_[column] + bytes;
    if (packed.size() < wanted) packed.resize(wanted + wanted / 2);
    return packed.data() + packed_size_[column];
}

void TransformRows::append_fields(std::size_t column, const FieldTable& rows)
{
    constexpr std::size_t most_of_size = 10; // bytes of a varint
    const std::size_t number = columns_[column].number;
    std::size_t most = 0;
    for (std::size_t row = 0; row < rows.rows; ++row) most += rows(row, number).size() + most_of_size;
    std::uint8_t kinds = kinds_[column];
    char* end = room_for(column, most);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const std::string_view field = rows(row, number);
        if ((kinds & field_kind::text) == 0) kinds |= kind_of(field);
        end = copy_short(put_varint(end, field.size()), field);
    }
    packed_size_[column] = static_cast<std::size_t>(end - packed_[column].data());
    kinds_[column] = kinds;
}

void TransformRows::end_batch()
{
    if (batch_rows_ == 0) return;
    Rows::Batch batch{.rows = batch_rows_, .packed = {}};
    put_varint(batch.packed, static_cast<std::uint64_t>(batch_rows_));
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        batch.packed.append(packed_[column], 0, packed_size_[column]);
        packed_size_[column] = 0;
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
    for (std::size_t i = 0; i < columns.size(); ++i)
        columns[i].is_made ? take_made(packed, rows, cells[i]) : take_fields(packed, rows, cells[i]);
}

} // namespace swather
