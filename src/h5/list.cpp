// SPDX-License-Identifier: MIT
#include "h5/list.hpp"

#include "h5/columns.hpp"

#include <hdf5_hl.h>

#include <string_view>

namespace swather::h5 {

namespace {

/// The column of text of which a dataset holds the bytes, or the offsets; empty where it does not.
std::string long_text_of(hid_t group, const std::string& name)
{
    for (const std::string suffix : {"_bytes", "_offset"}) {
        if (!name.ends_with(suffix)) continue;
        const std::string text = name.substr(0, name.size() - suffix.size());
        if (!is_there(group, text + "_bytes") || !is_there(group, text + "_offset")) continue;
        const Id type(H5Dget_type(open_column(group, text + "_bytes")), H5Tclose);
        if (H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) == 1) return text; // no table has such
    }
    return {};
}

/// Whether a dataset is nothing but the name and the size of a dimension, as netCDF-4 makes them.
bool is_only_dimension(hid_t dataset)
{
    constexpr std::string_view mark = "This is a netCDF dimension but not a netCDF variable";
    if (H5DSis_scale(dataset) <= 0) return false;
    std::string name(mark.size(), '\0');
    return H5DSget_scale_name(dataset, name.data(), name.size() + 1) > 0 && name == mark;
}

CellColumn::Type type_of(hid_t dataset)
{
    const Id type(H5Dget_type(dataset), H5Tclose);
    switch (H5Tget_class(type)) {
    case H5T_STRING:
        return H5Tis_variable_str(type) > 0 ? CellColumn::Type::text : CellColumn::Type::character;
    case H5T_FLOAT:
        return CellColumn::Type::float64;
    default:
        return CellColumn::Type::int64;
    }
}

} // namespace

std::vector<std::string> names_in(hid_t group)
{
    const Id properties(check(H5Gget_create_plist(group), "list a group"), H5Pclose);
    unsigned order = 0;
    check(H5Pget_link_creation_order(properties, &order), "list a group");
    std::vector<std::string> names;
    check(H5Literate(
              group, (order & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME, H5_ITER_INC,
              nullptr,
              [](hid_t, const char* name, const H5L_info_t*, void* found) -> herr_t {
                  static_cast<std::vector<std::string>*>(found)->emplace_back(name);
                  return 0;
              },
              &names),
          "list a group");
    return names;
}

std::vector<std::string> column_names(hid_t group)
{
    std::vector<std::string> columns;
    for (const std::string& name : names_in(group)) {
        if (const std::string text = long_text_of(group, name); !text.empty()) {
            if (name.ends_with("_bytes")) columns.push_back(text);
            continue;
        }
        const Id dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (dataset >= 0 && sizes_of(dataset).size() == 1 && !is_only_dimension(dataset))
            columns.push_back(name);
    }
    H5Eclear2(H5E_DEFAULT); // of what is no dataset
    return columns;
}

std::vector<CellColumn> columns_of(hid_t group)
{
    std::vector<CellColumn> columns;
    for (const std::string& name : column_names(group)) {
        if (!is_there(group, name)) {
            columns.push_back({name, CellColumn::Type::text, ""});
            continue;
        }
        const Id dataset = open_column(group, name);
        if (H5Aexists(dataset, "long_name") > 0)
            columns.push_back({name, type_of(dataset), read_text_attribute(dataset, "long_name")});
    }
    return columns;
}

} // namespace swather::h5
