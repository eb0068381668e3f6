// SPDX-License-Identifier: MIT
#include "h5/table.hpp"

#include "base/units.hpp"
#include "h5/columns.hpp"
#include "h5/component.hpp"
#include "h5/list.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

namespace swather::h5 {

namespace {

// Of many columns fewer rows are read at once, so that a batch takes no more memory.
constexpr Index most_rows = 65'536;
constexpr Index least_rows = 1'024;
constexpr Index cells_at_once = 1 << 20;

struct Stretch {
    std::size_t begin, rows;

    explicit Stretch(const Box& box)
        : begin(static_cast<std::size_t>(box.begin))
        , rows(static_cast<std::size_t>(box.size()))
    {
    }
};

/// Some rows of a dataset, each as the bytes that stand in the file.
std::vector<char> read_raw(hid_t dataset, hid_t type, const Stretch& rows, const std::string& name)
{
    std::vector<char> bytes(rows.rows * H5Tget_size(type));
    if (bytes.empty()) return bytes;
    const Id space(check(H5Dget_space(dataset), "read " + name), H5Sclose);
    const Id memory = select(space, rows.begin, rows.rows);
    check(H5Dread(dataset, type, memory, space, H5P_DEFAULT, bytes.data()), "read " + name);
    return bytes;
}

/// Strings of one size, without what pads them to it.
Texts read_fixed_texts(hid_t dataset, hid_t type, const Stretch& rows, const std::string& name)
{
    const std::size_t size = H5Tget_size(type);
    const H5T_str_t padding = H5Tget_strpad(type);
    const std::vector<char> bytes = read_raw(dataset, type, rows, name);
    Texts texts;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        std::string_view text(bytes.data() + row * size, size);
        if (padding == H5T_STR_NULLTERM)
            text = text.substr(0, text.find('\0'));
        else
            text = text.substr(0, text.find_last_not_of(padding == H5T_STR_SPACEPAD ? ' ' : '\0') + 1);
        texts.push_back(text);
    }
    return texts;
}

/// What h5py makes of bool: an enumeration of 8 bits that has FALSE = 0 and TRUE = 1.
bool is_bool(hid_t type)
{
    if (H5Tget_class(type) != H5T_ENUM || H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
    const auto value_of = [&](const char* member) {
        signed char value = -1;
        return H5Tenum_valueof(type, member, &value) < 0 ? -1 : value;
    };
    return value_of("FALSE") == 0 && value_of("TRUE") == 1;
}

Texts read_bools(hid_t dataset, hid_t type, const Stretch& rows, const std::string& name)
{
    Texts texts;
    for (const char value : read_raw(dataset, type, rows, name))
        texts.push_back(value == 0 ? "False" : "True");
    return texts;
}

/// int64 has no room for them.
Texts read_uint64(hid_t dataset, const Stretch& rows, const std::string& name)
{
    Texts texts;
    for (const std::uint64_t value : read_numbers<std::uint64_t>(dataset, rows.begin, rows.rows, name))
        texts.push_back(fmt::format_int(value).str());
    return texts;
}

std::string kind_of(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_COMPOUND:
        return "compounds";
    case H5T_ARRAY:
    case H5T_VLEN:
        return "arrays";
    case H5T_REFERENCE:
        return "references";
    case H5T_ENUM:
        return "an enumeration";
    case H5T_INTEGER:
    case H5T_FLOAT:
        return fmt::format("numbers of {} bits", 8 * H5Tget_size(type));
    default:
        return "opaque values";
    }
}

} // namespace

TableShape table_in(hid_t group, const std::string& table)
{
    TableShape shape{.names = column_names(group)};
    if (shape.names.empty())
        throw Error(Exit::bad_data, "{} is no table: it has no dataset of one dimension", table);
    const std::string& first = shape.names.front();
    shape.rows = rows_of(group, first);
    for (const std::string& name : shape.names)
        if (const Index rows = rows_of(group, name); rows != shape.rows)
            throw Error(Exit::bad_data,
                        "{} is no table: its datasets are not of one length: '{}' has {}, '{}' {}", table,
                        first, counted(shape.rows, "row"), name, with_commas(rows))
                .remedy("name a group whose datasets are the columns of one table");
    return shape;
}

TableReader::TableReader(hid_t group, const std::string& table, const TableShape& shape)
    : rows_(shape.rows)
    , rows_at_once_(
          std::clamp(cells_at_once / std::max<Index>(std::ssize(shape.names), 1), least_rows, most_rows))
{
    for (const std::string& name : shape.names) columns_.push_back(reader_of(group, table, name));
}

TableReader::ReadCells TableReader::reader_of(hid_t group, const std::string& table, const std::string& name)
{
    if (!is_there(group, name)) // it is stored as NAME_bytes and NAME_offset
        return [=](const Box& rows) { return read_texts(group, name, rows); };
    const auto dataset = std::make_shared<Id>(open_column(group, name));
    const auto type = std::make_shared<Id>(check(H5Dget_type(*dataset), "read " + name), H5Tclose);
    const std::size_t size = H5Tget_size(*type);
    const H5T_class_t kind = H5Tget_class(*type);
    if (kind == H5T_INTEGER && size <= sizeof(Index)) {
        if (size == sizeof(Index) && H5Tget_sign(*type) == H5T_SGN_NONE)
            return [=](const Box& rows) { return read_uint64(*dataset, Stretch(rows), name); };
        return [=](const Box& rows) {
            const Stretch some(rows);
            return read_numbers<Index>(*dataset, some.begin, some.rows, name);
        };
    }
    if (kind == H5T_FLOAT && size <= sizeof(double))
        return [=](const Box& rows) {
            const Stretch some(rows);
            return read_numbers<double>(*dataset, some.begin, some.rows, name);
        };
    if (kind == H5T_STRING && H5Tis_variable_str(*type) > 0)
        return [=](const Box& rows) {
            const Stretch some(rows);
            return read_texts(*dataset, some.begin, some.rows, name);
        };
    if (kind == H5T_STRING)
        return [=](const Box& rows) { return read_fixed_texts(*dataset, *type, Stretch(rows), name); };
    if (is_bool(*type))
        return [=](const Box& rows) { return read_bools(*dataset, *type, Stretch(rows), name); };
    throw Error(
        Exit::bad_data,
        "the column '{}' of {} is of {}: only texts, bool, integers of 8 to 64 bits and reals of up to "
        "64 can be read",
        name, table, kind_of(*type));
}

std::optional<std::vector<Cells>> TableReader::next()
{
    if (row_ == rows_) return std::nullopt;
    const Box rows{row_, std::min(row_ + rows_at_once_, rows_)};
    row_ = rows.end;
    std::vector<Cells> cells;
    for (const ReadCells& read : columns_) cells.push_back(read(rows));
    return cells;
}

std::string original_name(hid_t group, const std::string& column)
{
    const Id dataset = open_column(group, is_there(group, column) ? column : column + "_bytes");
    return H5Aexists(dataset, "original_name") > 0 ? read_text_attribute(dataset, "original_name")
                                                   : name_of_component(column);
}

} // namespace swather::h5
