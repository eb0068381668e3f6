// SPDX-License-Identifier: MIT
#pragma once

#include "h5/h5.hpp"
#include "results/column.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

/// Columns are datasets of one dimension, of which some rows are read at a time.
namespace swather::h5 {

/// Local. As what the library reads and writes values of a type.
template <class T>
hid_t memory_type()
{
    if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
    if constexpr (std::is_same_v<T, Index>) return H5T_NATIVE_INT64;
    if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
    if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
    if constexpr (std::is_same_v<T, std::byte>) return H5T_NATIVE_UINT8;
    if constexpr (std::is_same_v<T, char>) return H5T_FORTRAN_S1; // C's would end with a NUL
}

/// Local. Whether a group has something of this name.
bool is_there(hid_t group, const std::string& name);
/// Local. Opens a dataset of a group.
Id open_column(hid_t group, const std::string& name);
/// Local. Selects rows of a dataset's space; what comes back is the space of them alone.
Id select(hid_t space, std::size_t begin, std::size_t rows);

/// Local. Some rows of a dataset of numbers; `name` is for errors.
template <class T>
std::vector<T> read_numbers(hid_t dataset, std::size_t begin, std::size_t rows, const std::string& name)
{
    std::vector<T> values(rows);
    if (rows == 0) return values;
    const Id space(H5Dget_space(dataset), H5Sclose);
    const Id memory = select(space, begin, rows);
    check(H5Dread(dataset, memory_type<T>(), memory, space, H5P_DEFAULT, values.data()), "read " + name);
    return values;
}

/// Local. Some rows of a dataset of variable-length strings.
Texts read_texts(hid_t dataset, std::size_t begin, std::size_t rows, const std::string& name);

/// Local. Reads a one-dimensional dataset of integers, floats or text back.
Column read_column(hid_t group, const std::string& name);

/// Local. How many rows a column has.
Index rows_of(hid_t group, const std::string& name);
/// Local. Some rows of a column of integers.
std::vector<Index> read_integers(hid_t group, const std::string& name, const Box& rows);
/// Local. Some rows of a column of floats.
std::vector<double> read_reals(hid_t group, const std::string& name, const Box& rows);
/// Local. Some rows of a column of single characters.
std::string read_characters(hid_t group, const std::string& name, const Box& rows);
/// Local. Some rows of a column of text, also of one that is stored as NAME_bytes and NAME_offset.
Texts read_texts(hid_t group, const std::string& name, const Box& rows);
/// Local. Fills `values` with the cells of a one-dimensional dataset.
void read_cells(hid_t dataset, const Box& cells, std::span<std::int32_t> values);

} // namespace swather::h5
