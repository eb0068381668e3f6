// SPDX-License-Identifier: MIT
#include "h5/columns.hpp"

#include <algorithm>

namespace swather::h5 {

Id open_column(hid_t group, const std::string& name)
{
    return {check(H5Dopen2(group, name.c_str(), H5P_DEFAULT), "open " + name), H5Dclose};
}

bool is_there(hid_t group, const std::string& name)
{
    return H5Lexists(group, name.c_str(), H5P_DEFAULT) > 0;
}

Id select(hid_t space, std::size_t begin, std::size_t rows)
{
    const hsize_t first = begin;
    const hsize_t count = rows;
    check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &count, nullptr), "select");
    return space_of(count);
}

Texts read_texts(hid_t dataset, std::size_t begin, std::size_t rows, const std::string& name)
{
    Texts values;
    if (rows == 0) return values;
    const Id type = text_type();
    const Id space(H5Dget_space(dataset), H5Sclose);
    const Id memory = select(space, begin, rows);
    std::vector<char*> pointers(rows);
    check(H5Dread(dataset, type, memory, space, H5P_DEFAULT, pointers.data()), "read " + name);
    for (const char* pointer : pointers) values.push_back(pointer ? pointer : "");
    H5Dvlen_reclaim(type, memory, H5P_DEFAULT, pointers.data());
    return values;
}

Column read_column(hid_t group, const std::string& name)
{
    const Id dataset = open_column(group, name);
    const Id space(H5Dget_space(dataset), H5Sclose);
    const Id type(H5Dget_type(dataset), H5Tclose);
    const auto size = static_cast<std::size_t>(check(H5Sget_simple_extent_npoints(space), "read " + name));
    Column column{.name = name, .values = {}, .long_name = {}, .units = {}};
    switch (H5Tget_class(type)) {
    case H5T_STRING:
        column.values = read_texts(dataset, 0, size, name);
        break;
    case H5T_FLOAT:
        column.values = read_numbers<double>(dataset, 0, size, name);
        break;
    default:
        column.values = read_numbers<Index>(dataset, 0, size, name);
    }
    return column;
}

Index rows_of(hid_t group, const std::string& name)
{
    const Id dataset = open_column(group, is_there(group, name) ? name : name + "_offset");
    return static_cast<Index>(sizes_of(dataset).at(0));
}

std::vector<Index> read_integers(hid_t group, const std::string& name, const Box& rows)
{
    return read_numbers<Index>(open_column(group, name), static_cast<std::size_t>(rows.begin),
                               static_cast<std::size_t>(rows.size()), name);
}

std::vector<double> read_reals(hid_t group, const std::string& name, const Box& rows)
{
    return read_numbers<double>(open_column(group, name), static_cast<std::size_t>(rows.begin),
                                static_cast<std::size_t>(rows.size()), name);
}

std::string read_characters(hid_t group, const std::string& name, const Box& rows)
{
    const auto characters = read_numbers<char>(open_column(group, name), static_cast<std::size_t>(rows.begin),
                                               static_cast<std::size_t>(rows.size()), name);
    return {characters.begin(), characters.end()};
}

Texts read_texts(hid_t group, const std::string& name, const Box& rows)
{
    if (is_there(group, name))
        return read_texts(open_column(group, name), static_cast<std::size_t>(rows.begin),
                          static_cast<std::size_t>(rows.size()), name);
    const Id of_bytes = open_column(group, name + "_bytes");
    const auto end = static_cast<Index>(sizes_of(of_bytes).at(0));
    const Box with_next{rows.begin, std::min(rows.end + 1, rows_of(group, name))};
    std::vector<Index> offsets = read_integers(group, name + "_offset", with_next);
    if (with_next.end == rows.end) offsets.push_back(end);
    if (!std::is_sorted(offsets.begin(), offsets.end()) || offsets.front() < 0 || offsets.back() > end)
        throw Error(Exit::io, "the offsets of {} are none", name);
    const auto first = static_cast<std::size_t>(offsets.front());
    const auto bytes =
        read_numbers<std::byte>(of_bytes, first, static_cast<std::size_t>(offsets.back()) - first, name);
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    Texts texts;
    texts.reserve(offsets.size() - 1, bytes.size());
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
        texts.push_back(all.substr(static_cast<std::size_t>(offsets[i]) - first,
                                   static_cast<std::size_t>(offsets[i + 1] - offsets[i])));
    return texts;
}

void read_cells(hid_t dataset, const Box& cells, std::span<std::int32_t> values)
{
    if (cells.empty()) return;
    const Id space(H5Dget_space(dataset), H5Sclose);
    const Id memory =
        select(space, static_cast<std::size_t>(cells.begin), static_cast<std::size_t>(cells.size()));
    check(H5Dread(dataset, H5T_NATIVE_INT32, memory, space, H5P_DEFAULT, values.data()), "read");
}

} // namespace swather::h5
